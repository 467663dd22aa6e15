//! The one list of settings: defaults, unknown keys and the printed table all come from it.

use std::fmt::Write as _;

/// One setting. `<service>` in the path stands for each of the six service names.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    pub path: &'static str,
    /// Default as text; empty when there is none or when it depends on other settings.
    pub default: &'static str,
    /// Shown in place of an empty default.
    pub otherwise: &'static str,
    pub meaning: &'static str,
}

const fn fixed(path: &'static str, default: &'static str, meaning: &'static str) -> Key {
    Key { path, default, otherwise: "", meaning }
}

const fn derived(path: &'static str, otherwise: &'static str, meaning: &'static str) -> Key {
    Key { path, default: "", otherwise, meaning }
}

/// Every setting there is.
pub const KEYS: &[Key] = &[
    fixed("listen", "127.0.0.1:7443", "address and port of the gRPC server"),
    fixed("data_dir", "./hengji-data", "folder of the embedded databases, one file per service"),
    fixed(
        "services",
        "identity,catalog,targets,monitoring,evaluation,application",
        "services mounted in this process",
    ),
    derived(
        "database.<service>.url",
        "none: embedded SQLite",
        "database of one service; a secret, prefer url_file",
    ),
    derived("database.<service>.url_file", "none", "file that holds the database URL"),
    derived(
        "peers.<service>",
        "none",
        "endpoint of a service that is not mounted here; ignored for one that is",
    ),
    derived("migrate", "true when embedded, else false", "apply pending migrations before serving"),
    derived("reflection", "true when all six are mounted, else false", "answer gRPC server reflection"),
    fixed(
        "telemetry.exporter",
        "none",
        "where traces, metrics and logs go besides stderr: none, stdout or otlp",
    ),
    fixed(
        "telemetry.otlp_endpoint",
        "http://127.0.0.1:4317",
        "OTLP gRPC receiver, used by the otlp exporter",
    ),
    fixed("telemetry.log_format", "text", "log lines on stderr: text or json"),
    fixed("telemetry.log_level", "info", "level, or levels by target: info,hengji_db=debug"),
    fixed("telemetry.sample_ratio_percent", "100", "share of new traces that is kept, 0 to 100"),
    fixed("limits.message_bytes", "4194304", "largest request message taken"),
    fixed("limits.concurrent_streams", "256", "calls open at once on one connection"),
    fixed("limits.deadline_default_ms", "30000", "deadline given to a call that brings none"),
    fixed("limits.deadline_max_ms", "120000", "longest deadline a call may ask for"),
    fixed("drain_seconds", "10", "time that open calls get after the first stop signal"),
    fixed(
        "monitoring.refresh_seconds",
        "3600",
        "how often monitoring looks at lights and overdue corrections that time alone moves; 0: never",
    ),
    fixed("token.issuer", "hengji", "`iss` of tokens that are accepted and, by identity, issued"),
    fixed("token.audience", "hengji", "`aud` of tokens that are accepted and, by identity, issued"),
    fixed("token.lifetime_seconds", "3600", "life of an issued token"),
    fixed("token.leeway_seconds", "30", "clock difference tolerated when a token is checked"),
    derived("service_token_file", "none", "file with the token this process shows to its peers"),
];

impl Key {
    /// The environment variable that sets this key.
    pub fn variable(&self) -> String {
        format!("HENGJI_{}", self.path.to_uppercase().replace('.', "__"))
    }

    /// Whether a dotted path as written in a layer means this key.
    pub(crate) fn matches(&self, path: &str) -> bool {
        let mut ours = self.path.split('.');
        let mut theirs = path.split('.');
        loop {
            match (ours.next(), theirs.next()) {
                (None, None) => return true,
                (Some("<service>"), Some(name)) if crate::SERVICES.contains(&name) => {}
                (Some(our), Some(their)) if our == their => {}
                _ => return false,
            }
        }
    }
}

pub(crate) fn known(path: &str) -> bool {
    KEYS.iter().any(|key| key.matches(path))
}

/// The table of all settings in Markdown.
pub(crate) fn table() -> String {
    let mut out =
        String::from("| setting | default | environment variable | meaning |\n| --- | --- | --- | --- |\n");
    for key in KEYS {
        let default =
            if key.default.is_empty() { key.otherwise.to_owned() } else { format!("`{}`", key.default) };
        let _ = writeln!(out, "| `{}` | {default} | `{}` | {} |", key.path, key.variable(), key.meaning);
    }
    out
}
