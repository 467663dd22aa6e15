//! Keeps whole percents of new traces, by integers: the SDK's own ratio sampler takes a float.

use opentelemetry::trace::{Link, SpanKind, TraceId, TraceState};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::{Sampler, SamplingDecision, SamplingResult, ShouldSample};

#[derive(Debug, Clone, Copy)]
struct Percent(u8);

/// New traces by their share, continued ones as their parent decided.
pub(crate) fn sampler(percent: u8) -> Sampler {
    Sampler::ParentBased(Box::new(Percent(percent)))
}

impl ShouldSample for Percent {
    fn should_sample(
        &self,
        _parent: Option<&Context>,
        trace_id: TraceId,
        _name: &str,
        _kind: &SpanKind,
        _attributes: &[KeyValue],
        _links: &[Link],
    ) -> SamplingResult {
        // The last eight bytes of a trace id are random by the W3C recommendation.
        let [_, _, _, _, _, _, _, _, tail @ ..] = trace_id.to_bytes();
        let kept = u64::from_be_bytes(tail) % 100 < u64::from(self.0);
        let decision = if kept { SamplingDecision::RecordAndSample } else { SamplingDecision::Drop };
        SamplingResult { decision, attributes: Vec::new(), trace_state: TraceState::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(percent: u8) -> usize {
        let one = |id: u128| {
            let trace_id = TraceId::from_bytes(id.to_be_bytes());
            Percent(percent).should_sample(None, trace_id, "call", &SpanKind::Server, &[], &[]).decision
        };
        (1..=1000).filter(|id| one(*id) == SamplingDecision::RecordAndSample).count()
    }

    #[test]
    fn keeps_the_share_it_is_told() {
        assert_eq!([kept(0), kept(1), kept(25), kept(100)], [0, 10, 250, 1000]);
    }
}
