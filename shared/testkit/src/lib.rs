//! For tests only: a service on each database with a clock that stands still, tokens with any rights, and stand-ins for the
//! services on its left.

mod bench;
mod databases;
mod figures;
mod issuer;
mod own_postgres;
mod pgbench;
mod serve;

pub use bench::{Bench, Rights};
pub use databases::{Database, databases};
pub use figures::{Figures, Measured, quotient, rate};
pub use issuer::Issuer;
pub use own_postgres::{Ending, OwnPostgres};
pub use pgbench::pgbench;
pub use serve::Served;

/// A fresh request id.
pub fn request_id() -> String {
    use hengji_kernel::Ids;
    hengji_kernel::SystemIds.next().to_string()
}
