//! What was queued reaches an OTLP receiver at the end of the process. One process, one test.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use hengji_telemetry::{Exporter, TelemetrySettings, init, record_call, set_parent};
use opentelemetry_proto::tonic::collector::logs::v1::logs_service_server::{LogsService, LogsServiceServer};
use opentelemetry_proto::tonic::collector::logs::v1::{ExportLogsServiceRequest, ExportLogsServiceResponse};
use opentelemetry_proto::tonic::collector::metrics::v1::metrics_service_server::{
    MetricsService, MetricsServiceServer,
};
use opentelemetry_proto::tonic::collector::metrics::v1::{
    ExportMetricsServiceRequest, ExportMetricsServiceResponse,
};
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use tonic::{Request, Response, Status};

/// Everything received, as text.
#[derive(Clone, Default)]
struct Receiver(Arc<Mutex<Vec<String>>>);

impl Receiver {
    fn keep(&self, what: &impl std::fmt::Debug) {
        self.0.lock().expect("no test panics while it holds this").push(format!("{what:?}"));
    }
}

#[tonic::async_trait]
impl TraceService for Receiver {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        self.keep(request.get_ref());
        Ok(Response::new(Default::default()))
    }
}

#[tonic::async_trait]
impl MetricsService for Receiver {
    async fn export(
        &self,
        request: Request<ExportMetricsServiceRequest>,
    ) -> Result<Response<ExportMetricsServiceResponse>, Status> {
        self.keep(request.get_ref());
        Ok(Response::new(Default::default()))
    }
}

#[tonic::async_trait]
impl LogsService for Receiver {
    async fn export(
        &self,
        request: Request<ExportLogsServiceRequest>,
    ) -> Result<Response<ExportLogsServiceResponse>, Status> {
        self.keep(request.get_ref());
        Ok(Response::new(Default::default()))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn flushes_traces_metrics_and_logs_at_the_end() {
    let receiver = Receiver::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let server = tonic::transport::Server::builder()
        .add_service(TraceServiceServer::new(receiver.clone()))
        .add_service(MetricsServiceServer::new(receiver.clone()))
        .add_service(LogsServiceServer::new(receiver.clone()))
        .serve_with_incoming(tokio_stream::wrappers::TcpListenerStream::new(listener));
    tokio::spawn(server);

    let settings = TelemetrySettings {
        exporter: Exporter::Otlp,
        otlp_endpoint: endpoint,
        ..TelemetrySettings::default()
    };
    let telemetry = init(&settings, "hengji-test").unwrap();
    assert!(telemetry.exports());
    let mut headers = http::HeaderMap::new();
    let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    headers.insert("traceparent", http::HeaderValue::from_static(parent));
    let span = tracing::info_span!("weigh_the_results");
    set_parent(&span, &headers);
    span.in_scope(|| tracing::info!("the scale is level"));
    drop(span);
    record_call("/hengji.targets.v1.TargetService/GetTarget", 5, Duration::from_micros(1234));
    telemetry.shutdown().await;

    let seen = receiver.0.lock().unwrap().join("\n");
    let trace: [u8; 16] =
        [0x4b, 0xf9, 0x2f, 0x35, 0x77, 0xb3, 0x4d, 0xa6, 0xa3, 0xce, 0x92, 0x9d, 0x0e, 0x0e, 0x47, 0x36];
    assert!(
        seen.contains("weigh_the_results") && seen.contains("hengji-test"),
        "the span, under the service's name"
    );
    assert!(seen.contains(&format!("trace_id: {trace:?}")), "in the caller's trace");
    assert!(seen.contains("the scale is level"), "the log line");
    assert!(seen.contains("rpc.server.duration") && seen.contains("NOT_FOUND"), "the call that was recorded");
}
