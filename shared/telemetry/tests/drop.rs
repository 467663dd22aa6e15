//! Leaving without a shutdown, with a receiver that is not there, ends the process all the same. One process, one test.

use hengji_telemetry::{Exporter, TelemetryError, TelemetrySettings, init};

#[test]
fn otlp_without_a_runtime_is_refused_and_a_dead_receiver_does_not_hold_up_the_end() {
    let settings = TelemetrySettings {
        exporter: Exporter::Otlp,
        otlp_endpoint: "http://127.0.0.1:9".into(),
        ..TelemetrySettings::default()
    };
    assert!(matches!(init(&settings, "test"), Err(TelemetryError::NoRuntime)));

    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async {
        let telemetry = init(&settings, "test").unwrap();
        tracing::info_span!("lost").in_scope(|| tracing::info!("lost as well"));
        drop(telemetry);
    });
}
