//! Who may call what: data, not ifs. Every service lists its calls; a call without a rule does not start the server.

use std::collections::HashMap;

/// The rule of one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anyone, without a token: public reads, tokens, keys.
    Public,
    /// Anyone with a valid token.
    Authenticated,
    /// Whoever holds this permission in some scope; the scope then bounds what the call sees.
    Permission(&'static str),
    /// Whoever holds at least one of these; the scope is the union. The handler narrows it with `Call::scope_of`.
    AnyOf(&'static [&'static str]),
}

impl Access {
    /// The permissions of which the caller needs one.
    pub const fn permissions(&self) -> &[&'static str] {
        match self {
            Self::Public | Self::Authenticated => &[],
            Self::Permission(one) => std::slice::from_ref(one),
            Self::AnyOf(any) => any,
        }
    }
}

/// The rules of every call mounted in this process, by path such as `/hengji.targets.v1.TargetService/GetTarget`.
#[derive(Debug, Clone, Default)]
pub struct AccessTable(HashMap<&'static str, Access>);

impl AccessTable {
    /// From the services' lists, plus health and reflection, which are public.
    pub fn new<'a>(services: impl IntoIterator<Item = &'a [(&'static str, Access)]>) -> Self {
        let mut rules = HashMap::new();
        for (path, access) in SHARED.iter().chain(services.into_iter().flatten()) {
            rules.insert(*path, *access);
        }
        Self(rules)
    }

    pub fn get(&self, path: &str) -> Option<Access> {
        self.0.get(path).copied()
    }

    /// The known path equal to `path`, with a lifetime that metrics and spans may keep.
    pub fn known(&self, path: &str) -> Option<&'static str> {
        self.0.get_key_value(path).map(|(known, _)| *known)
    }

    /// Calls of the mounted packages that have no rule; must be empty before a server starts.
    pub fn missing(&self, packages: &[&str]) -> Vec<String> {
        let services = hengji_proto::descriptors().services().collect::<Vec<_>>();
        services
            .iter()
            .filter(|service| packages.contains(&service.package_name()))
            .flat_map(|service| {
                service.methods().map(move |method| format!("/{}/{}", service.full_name(), method.name()))
            })
            .filter(|path| !self.0.contains_key(path.as_str()))
            .collect()
    }
}

/// The permission to read any service's journal.
pub const JOURNAL_READ: &str = "journal.read";

const SHARED: &[(&str, Access)] = &[
    ("/hengji.common.v1.JournalService/Watch", Access::Permission(JOURNAL_READ)),
    ("/hengji.common.v1.JournalService/ListEntries", Access::Permission(JOURNAL_READ)),
    ("/hengji.common.v1.JournalService/VerifyJournal", Access::Permission(JOURNAL_READ)),
    ("/grpc.health.v1.Health/Check", Access::Public),
    ("/grpc.health.v1.Health/Watch", Access::Public),
    ("/grpc.health.v1.Health/List", Access::Public),
    ("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", Access::Public),
    ("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", Access::Public),
];
