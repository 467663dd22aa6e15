//! What telemetry needs to be told; the binary copies it from the process settings.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exporter {
    None,
    Stdout,
    Otlp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    Text,
    Json,
}

#[derive(Debug, Clone)]
pub struct TelemetrySettings {
    pub exporter: Exporter,
    /// OTLP gRPC receiver, read with [`Exporter::Otlp`] only.
    pub otlp_endpoint: String,
    pub log_format: LogFormat,
    /// A level, or levels by target: `info,hengji_db=debug`.
    pub log_level: String,
    /// Share of new traces that is kept; a trace begun elsewhere keeps its own decision.
    pub sample_ratio_percent: u8,
}

impl Default for TelemetrySettings {
    fn default() -> Self {
        Self {
            exporter: Exporter::None,
            otlp_endpoint: "http://127.0.0.1:4317".to_owned(),
            log_format: LogFormat::Text,
            log_level: "info".to_owned(),
            sample_ratio_percent: 100,
        }
    }
}
