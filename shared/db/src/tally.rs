//! Counts and sums over a table or view, within the caller's scope.

use hengji_kernel::DataScope;

use crate::scope_sql::restrict;
use crate::statement::Statement;
use crate::{DbError, Filter, Row, Scoping, Tx};

/// What is counted: a table or view with the columns its scoping asks for.
#[derive(Debug, Clone, Copy)]
pub struct Tally {
    pub table: &'static str,
    pub scoping: Scoping,
    /// One row for each combination of their values, in their order; none for one row over all.
    pub groups: &'static [&'static str],
    /// Columns added up, each answered under its own name.
    pub sums: &'static [&'static str],
}

impl Tx {
    /// Rows with the groups, the count as `records`, and the sums. A sum of nothing is 0.
    pub async fn tally(
        &mut self,
        tally: Tally,
        scope: &DataScope,
        filter: &Filter,
    ) -> Result<Vec<Row>, DbError> {
        let groups = tally.groups.join(", ");
        let mut columns: Vec<String> = tally.groups.iter().map(|&group| group.to_owned()).collect();
        columns.push("count(*) as records".into());
        columns
            .extend(tally.sums.iter().map(|sum| format!("cast(coalesce(sum({sum}), 0) as bigint) as {sum}")));
        let text = format!("select {} from {}", columns.join(", "), tally.table);
        let mut statement = Statement::new(self.dialect(), text);
        filter.restrict(&mut statement);
        restrict(&mut statement, tally.scoping, scope);
        if !groups.is_empty() {
            statement.push(" group by ").push(&groups).push(" order by ").push(&groups);
        }
        self.select(statement).await
    }
}
