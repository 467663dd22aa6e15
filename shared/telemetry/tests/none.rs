//! With no exporter named, logging works and nothing of OpenTelemetry is in place. One process, one test.

use std::time::Duration;

use hengji_telemetry::{TelemetryError, TelemetrySettings, init, inject, record_call};

#[test]
fn none_installs_nothing_that_exports() {
    let refused =
        init(&TelemetrySettings { log_level: "hengji=loud".into(), ..TelemetrySettings::default() }, "test");
    assert!(matches!(refused, Err(TelemetryError::Level { .. })));

    let telemetry = init(&TelemetrySettings::default(), "test").unwrap();
    assert!(!telemetry.exports());
    let mut headers = http::HeaderMap::new();
    inject(&tracing::info_span!("call"), &mut headers);
    assert!(headers.is_empty(), "no span context without a tracer");
    record_call("/hengji.targets.v1.TargetService/GetTarget", 0, Duration::from_millis(1));

    let again = init(&TelemetrySettings::default(), "test");
    assert!(matches!(again, Err(TelemetryError::AlreadyInstalled)));
}
