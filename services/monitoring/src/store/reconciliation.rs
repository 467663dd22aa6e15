//! Vouchers of a period by unit and account. The names of a region and year stand together, so no further index is needed.

use std::collections::BTreeMap;

use hengji_db::{DbError, Tx, Value};
use hengji_kernel::{Date, Money, name};

use crate::domain::reconciliation::{Group, Sum};

/// Vouchers of one region and year, dated within these days.
pub(crate) struct Period {
    /// `regions/../years/..`
    pub(crate) parent: String,
    pub(crate) from: Date,
    pub(crate) to: Date,
}

const WITHIN: &str = "from payment where name >= $1 and name < $2 and pay_date >= $3 and pay_date <= $4";

impl Period {
    fn args(&self) -> Vec<Value> {
        let collection = |end: &str| Value::from(format!("{}/payments{end}", self.parent));
        vec![collection("/"), collection("0"), self.from.into(), self.to.into()]
    }
}

pub(crate) async fn sums_by_group(tx: &mut Tx, period: &Period) -> Result<BTreeMap<Group, Sum>, DbError> {
    let sql = format!(
        "select unit, functional_account, count(*) as payments, cast(sum(amount_fen) as bigint) as amount {WITHIN} \
         group by unit, functional_account"
    );
    let rows = tx.all(&sql, &period.args()).await?;
    let sum = |row: &hengji_db::Row| {
        let group = (row.get("unit")?, row.text("functional_account")?);
        Ok((group, Sum { count: row.int("payments")?, amount: row.money("amount")? }))
    };
    rows.iter().map(sum).collect()
}

/// Vouchers with their amounts, by number.
pub(crate) type Vouchers = BTreeMap<String, Money>;

/// Vouchers of the period by group; the caller has counted them.
pub(crate) async fn vouchers_by_group(
    tx: &mut Tx,
    period: &Period,
) -> Result<BTreeMap<Group, Vouchers>, DbError> {
    let sql = format!("select name, unit, functional_account, amount_fen {WITHIN}");
    let mut groups: BTreeMap<Group, Vouchers> = BTreeMap::new();
    for row in tx.all(&sql, &period.args()).await? {
        let group = groups.entry((row.get("unit")?, row.text("functional_account")?)).or_default();
        group.insert(name::id(&row.text("name")?).to_owned(), row.money("amount_fen")?);
    }
    Ok(groups)
}
