//! The W3C trace context in and out of header maps.

use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::Context;
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator};
use opentelemetry::trace::TraceContextExt;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing_opentelemetry::OpenTelemetrySpanExt;

struct In<'a>(&'a HeaderMap);

impl Extractor for In<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(HeaderName::as_str).collect()
    }
}

struct Out<'a>(&'a mut HeaderMap);

impl Injector for Out<'_> {
    fn set(&mut self, key: &str, value: String) {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(key), HeaderValue::try_from(value)) {
            self.0.insert(name, value);
        }
    }
}

/// Writes the span's trace context into the headers of an outgoing call; without an exporter there is none to write.
pub fn inject(span: &tracing::Span, headers: &mut HeaderMap) {
    let context = span.context();
    if context.span().span_context().is_valid() {
        TraceContextPropagator::new().inject_context(&context, &mut Out(headers));
    }
}

/// The trace context an incoming call brings; an empty one if it brings none or a malformed one.
pub fn extract(headers: &HeaderMap) -> Context {
    TraceContextPropagator::new().extract_with_context(&Context::new(), &In(headers))
}

/// Makes the caller's span the parent of `span`. To be called before the span is entered.
pub fn set_parent(span: &tracing::Span, headers: &HeaderMap) {
    let context = extract(headers);
    if context.span().span_context().is_valid() {
        // Refused only for a span that is disabled or already begun, and such a span stays a root.
        let _ = span.set_parent(context);
    }
}

/// The trace id as 32 hexadecimal digits, to be written on log lines.
pub fn trace_id(context: &Context) -> Option<String> {
    let span = context.span();
    let span = span.span_context();
    span.is_valid().then(|| span.trace_id().to_string())
}

#[cfg(test)]
mod tests {
    use opentelemetry::trace::TracerProvider as _;
    use opentelemetry_sdk::trace::SdkTracerProvider;
    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    fn incoming() -> HeaderMap {
        HeaderMap::from_iter([(HeaderName::from_static("traceparent"), HeaderValue::from_static(PARENT))])
    }

    #[test]
    fn trace_survives_from_one_call_to_the_next() {
        let provider = SdkTracerProvider::builder().build();
        let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
            let span = tracing::info_span!("call");
            set_parent(&span, &incoming());
            let mut outgoing = HeaderMap::new();
            inject(&span, &mut outgoing);
            let sent = outgoing["traceparent"].to_str().unwrap();
            assert!(sent.starts_with("00-4bf92f3577b34da6a3ce929d0e0e4736-"), "same trace: {sent}");
            assert_ne!(sent, PARENT, "a span of its own");
            assert_eq!(trace_id(&extract(&outgoing)), trace_id(&extract(&incoming())));
        });
    }

    #[test]
    fn broken_header_is_no_trace() {
        let headers = HeaderMap::from_iter([(
            HeaderName::from_static("traceparent"),
            HeaderValue::from_static("00-xyz"),
        )]);
        assert_eq!(trace_id(&extract(&headers)), None);
        assert_eq!(trace_id(&extract(&HeaderMap::new())), None);
    }

    #[test]
    fn without_an_exporter_nothing_is_written() {
        let mut outgoing = HeaderMap::new();
        inject(&tracing::info_span!("call"), &mut outgoing);
        assert!(outgoing.is_empty());
    }
}
