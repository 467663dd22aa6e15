//! Puts the subscriber and the exporters in place, and takes them down again without losing what is queued.

use std::io::IsTerminal;
use std::sync::mpsc;
use std::time::Duration;

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_appender_tracing::layer::OpenTelemetryTracingBridge;
use opentelemetry_otlp::{ExporterBuildError, LogExporter, MetricExporter, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::logs::{BatchConfigBuilder as LogQueue, BatchLogProcessor, SdkLoggerProvider};
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::trace::{BatchConfigBuilder as SpanQueue, BatchSpanProcessor, SdkTracerProvider};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Registry, fmt};

use crate::sampler::sampler;
use crate::{Exporter, LogFormat, TelemetrySettings, calls};

/// Spans and log records that may wait for the exporter; the SDK's default overflows within a burst.
const QUEUE: usize = 8192;
const BATCH: usize = 512;
/// A dead receiver may not hold up the end of the process for longer.
const FLUSH_LIMIT: Duration = Duration::from_secs(5);
/// What exporting itself does is not exported: it would feed on its own news.
const EXPORTER_TARGETS: [&str; 6] =
    ["opentelemetry", "opentelemetry_sdk", "opentelemetry_otlp", "h2", "hyper", "tonic"];

#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    #[error("log level `{level}`: {reason}")]
    Level { level: String, reason: String },
    #[error("exporter: {0}")]
    Exporter(#[from] ExporterBuildError),
    #[error("the otlp exporter needs a running async runtime")]
    NoRuntime,
    #[error("telemetry is already installed in this process")]
    AlreadyInstalled,
}

/// Held while the process runs; what is queued is sent when it is shut down or dropped.
#[derive(Debug)]
#[must_use = "dropping it ends telemetry"]
pub struct Telemetry {
    pipes: Option<Pipes>,
}

#[derive(Debug)]
struct Pipes {
    traces: SdkTracerProvider,
    metrics: SdkMeterProvider,
    logs: SdkLoggerProvider,
}

/// Installs logging for the process and, if settings name one, the exporter. Once a process; with the otlp exporter
/// inside the async runtime.
pub fn init(settings: &TelemetrySettings, service_name: &str) -> Result<Telemetry, TelemetryError> {
    let levels = levels(&settings.log_level)?;
    let pipes = pipes(settings, service_name)?;
    let mut layers: Vec<Box<dyn Layer<Registry> + Send + Sync>> =
        vec![stderr(settings.log_format, levels.clone())];
    if let Some(pipes) = &pipes {
        let exported = levels.with_targets(EXPORTER_TARGETS.map(|target| (target, LevelFilter::OFF)));
        let spans = tracing_opentelemetry::layer().with_tracer(pipes.traces.tracer("hengji"));
        layers.push(spans.with_filter(exported.clone()).boxed());
        layers.push(OpenTelemetryTracingBridge::new(&pipes.logs).with_filter(exported).boxed());
    }
    let telemetry = Telemetry { pipes };
    tracing_subscriber::registry().with(layers).try_init().map_err(|_| TelemetryError::AlreadyInstalled)?;
    if let Some(pipes) = &telemetry.pipes {
        opentelemetry::global::set_meter_provider(pipes.metrics.clone());
        calls::install(&opentelemetry::global::meter("hengji"));
    }
    Ok(telemetry)
}

fn levels(text: &str) -> Result<Targets, TelemetryError> {
    let levels: Targets = text.parse().map_err(|error: tracing_subscriber::filter::ParseError| {
        TelemetryError::Level { level: text.to_owned(), reason: error.to_string() }
    })?;
    // The SDK reports its own start at info; its troubles come as warnings and errors.
    let chatty = levels.default_level().is_some_and(|level| level > LevelFilter::WARN);
    let quiet = chatty && !text.contains("opentelemetry");
    Ok(if quiet { levels.with_target("opentelemetry", LevelFilter::WARN) } else { levels })
}

fn stderr(format: LogFormat, levels: Targets) -> Box<dyn Layer<Registry> + Send + Sync> {
    let layer = fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
    match format {
        LogFormat::Text => layer.with_filter(levels).boxed(),
        LogFormat::Json => layer.json().flatten_event(true).with_filter(levels).boxed(),
    }
}

fn pipes(settings: &TelemetrySettings, service_name: &str) -> Result<Option<Pipes>, TelemetryError> {
    // An empty builder: the SDK's own would read the environment, and settings come from one place only.
    let resource = Resource::builder_empty().with_service_name(service_name.to_owned()).build();
    let spans = SdkTracerProvider::builder()
        .with_resource(resource.clone())
        .with_sampler(sampler(settings.sample_ratio_percent));
    let metrics = SdkMeterProvider::builder().with_resource(resource.clone());
    let logs = SdkLoggerProvider::builder().with_resource(resource);
    let span_queue =
        SpanQueue::default().with_max_queue_size(QUEUE).with_max_export_batch_size(BATCH).build();
    let log_queue = LogQueue::default().with_max_queue_size(QUEUE).with_max_export_batch_size(BATCH).build();
    let pipes = match settings.exporter {
        Exporter::None => return Ok(None),
        Exporter::Stdout => {
            let (span, log) =
                (opentelemetry_stdout::SpanExporter::default(), opentelemetry_stdout::LogExporter::default());
            let span = BatchSpanProcessor::builder(span).with_batch_config(span_queue).build();
            let log = BatchLogProcessor::builder(log).with_batch_config(log_queue).build();
            Pipes {
                traces: spans.with_span_processor(span).build(),
                metrics: metrics
                    .with_periodic_exporter(opentelemetry_stdout::MetricExporter::default())
                    .build(),
                logs: logs.with_log_processor(log).build(),
            }
        }
        Exporter::Otlp => {
            tokio::runtime::Handle::try_current().map_err(|_| TelemetryError::NoRuntime)?;
            let to = settings.otlp_endpoint.as_str();
            let span =
                SpanExporter::builder().with_tonic().with_endpoint(to).with_timeout(FLUSH_LIMIT).build()?;
            let metric =
                MetricExporter::builder().with_tonic().with_endpoint(to).with_timeout(FLUSH_LIMIT).build()?;
            let log =
                LogExporter::builder().with_tonic().with_endpoint(to).with_timeout(FLUSH_LIMIT).build()?;
            let span = BatchSpanProcessor::builder(span).with_batch_config(span_queue).build();
            let log = BatchLogProcessor::builder(log).with_batch_config(log_queue).build();
            Pipes {
                traces: spans.with_span_processor(span).build(),
                metrics: metrics.with_periodic_exporter(metric).build(),
                logs: logs.with_log_processor(log).build(),
            }
        }
    };
    Ok(Some(pipes))
}

impl Pipes {
    fn end(&self) {
        for (what, ended) in [
            ("traces", self.traces.shutdown_with_timeout(FLUSH_LIMIT)),
            ("metrics", self.metrics.shutdown_with_timeout(FLUSH_LIMIT)),
            ("logs", self.logs.shutdown_with_timeout(FLUSH_LIMIT)),
        ] {
            if let Err(error) = ended {
                tracing::warn!(what, %error, "telemetry was not flushed");
            }
        }
    }
}

impl Telemetry {
    /// Whether anything leaves the process besides the log lines on stderr.
    pub fn exports(&self) -> bool {
        self.pipes.is_some()
    }

    /// Sends what is queued and ends telemetry; waits without holding an async thread.
    pub async fn shutdown(mut self) {
        if let Some(pipes) = self.pipes.take()
            && let Err(error) = tokio::task::spawn_blocking(move || pipes.end()).await
        {
            tracing::warn!(%error, "telemetry was not flushed");
        }
    }
}

/// The exit paths nobody thought of: the same flush from a thread of its own, waited for within a limit, because
/// exporting needs the async runtime and dropping may happen on one of its threads.
impl Drop for Telemetry {
    fn drop(&mut self) {
        let Some(pipes) = self.pipes.take() else { return };
        let (done, ended) = mpsc::channel();
        std::thread::spawn(move || {
            pipes.end();
            let _ = done.send(());
        });
        let _ = ended.recv_timeout(FLUSH_LIMIT);
    }
}
