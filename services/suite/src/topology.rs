//! The six services and who asks whom: data, from which everything else follows.

use hengji_chassis::ServiceSpec;

/// Left to right: a service asks those before it, never one after it.
pub static SERVICES: [&ServiceSpec; 6] = [
    &hengji_identity::SERVICE,
    &hengji_catalog::SERVICE,
    &hengji_targets::SERVICE,
    &hengji_monitoring::SERVICE,
    &hengji_evaluation::SERVICE,
    &hengji_application::SERVICE,
];

/// The service of that name.
pub fn find(name: &str) -> Option<&'static ServiceSpec> {
    SERVICES.into_iter().find(|spec| spec.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_asks_to_the_right() {
        for (index, spec) in SERVICES.iter().enumerate() {
            for asked in spec.asks {
                let position = SERVICES.iter().position(|other| other.name == *asked);
                assert!(position.is_some_and(|position| position < index), "{} asks {asked}", spec.name);
            }
        }
    }

    #[test]
    fn every_call_of_the_contract_is_served() {
        let access = hengji_rpc::AccessTable::new(SERVICES.iter().map(|spec| spec.access));
        let packages: Vec<_> = SERVICES.iter().map(|spec| spec.package).collect();
        assert_eq!(access.missing(&packages), Vec::<String>::new());
    }
}
