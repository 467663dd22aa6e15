//! Records as lists find them: with the kind of fund and the marks of the projects behind them. Read only.

use hengji_db::{DbError, Filter, Record, Scoping, Stored, Tx, Value};
use hengji_kernel::DataScope;
use hengji_rpc::Page;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::domain::{Addition, Assessment, ControlFigure, Hold, Reduction, Target};

/// A record that has a view beside its table.
pub(crate) trait Viewed: Record + Serialize + DeserializeOwned {
    const VIEW: &'static str;
}

macro_rules! viewed {
    ($($record:ty: $view:literal;)+) => {$(
        impl Viewed for $record {
            const VIEW: &'static str = $view;
        }
    )+};
}

viewed! {
    Addition: "listed_addition";
    Assessment: "listed_assessment";
    ControlFigure: "listed_control_figure";
    Hold: "listed_hold";
    Reduction: "listed_reduction";
    Target: "listed_target";
}

#[derive(Serialize, Deserialize)]
#[serde(transparent, bound = "")]
struct Listed<T: Viewed>(T);

impl<T: Viewed> Record for Listed<T> {
    const TABLE: &'static str = T::VIEW;
    const SCOPED: Scoping = T::SCOPED;

    fn name(&self) -> String {
        self.0.name()
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        self.0.columns()
    }
}

/// One record more than the page holds, so that it is known whether another page follows.
pub(crate) async fn page<T: Viewed>(
    tx: &mut Tx,
    scope: &DataScope,
    filter: &Filter,
    page: &Page,
) -> Result<Vec<Stored<T>>, DbError> {
    let rows = tx.page::<Listed<T>>(scope, filter, page.after(), page.limit + 1).await?;
    Ok(rows.into_iter().map(|stored| stored.map(|listed| listed.0)).collect())
}
