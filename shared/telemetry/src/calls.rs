//! Rate, errors and duration of answered calls, with labels an outsider cannot multiply.

use std::sync::OnceLock;
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Histogram, Meter};

/// Upper bounds of the buckets in microseconds: half a millisecond to half a minute.
const BOUNDS: [u32; 16] = [
    500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000,
    5_000_000, 10_000_000, 20_000_000, 30_000_000,
];

const CODES: [&str; 17] = [
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
];

/// Set by `init` when there is somewhere to send figures to.
static CALLS: OnceLock<Histogram<u64>> = OnceLock::new();

pub(crate) fn install(meter: &Meter) {
    let histogram = meter
        .u64_histogram("rpc.server.duration")
        .with_unit("us")
        .with_description("time from the first byte of a call to its last answer")
        .with_boundaries(BOUNDS.map(f64::from).to_vec())
        .build();
    let _ = CALLS.set(histogram);
}

/// Counts and times one answered call. `method` is the path of a known method: as a text of the program, not of the
/// caller, it cannot be multiplied from outside. `code` is the gRPC status number.
pub fn record_call(method: &'static str, code: i32, duration: Duration) {
    if let Some(histogram) = CALLS.get() {
        let micros = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        histogram.record(micros, &labels(method, code));
    }
}

fn labels(method: &'static str, code: i32) -> [KeyValue; 3] {
    let code = usize::try_from(code).ok().and_then(|at| CODES.get(at)).unwrap_or(&"UNKNOWN");
    [
        KeyValue::new("rpc.system", "grpc"),
        KeyValue::new("rpc.method", method.trim_start_matches('/')),
        KeyValue::new("rpc.response.status_code", *code),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_stay_bounded_whatever_a_call_answers() {
        let code =
            |code: i32| labels("/hengji.targets.v1.TargetService/GetTarget", code)[2].value.to_string();
        assert_eq!([code(0), code(5), code(16)], ["OK", "NOT_FOUND", "UNAUTHENTICATED"]);
        assert_eq!([code(17), code(99), code(-1)], ["UNKNOWN"; 3]);
        let [_, method, _] = labels("/hengji.targets.v1.TargetService/GetTarget", 0);
        assert_eq!(method.value.to_string(), "hengji.targets.v1.TargetService/GetTarget");
    }
}
