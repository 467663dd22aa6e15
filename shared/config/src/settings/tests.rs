use std::path::{Path, PathBuf};

use figment::Figment;
use figment::error::Kind;
use figment::providers::{Format, Toml};
use secrecy::ExposeSecret;
use serde::de::DeserializeOwned;

use super::*;
use crate::{KEYS, Overrides};

fn load(file: &str, variables: &[(&str, &str)], set: &[&str]) -> Result<Settings, ConfigError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hengji.toml");
    std::fs::write(&path, file).unwrap();
    let overrides = Overrides {
        config: Some(path),
        set: set.iter().map(|s| (*s).to_owned()).collect(),
        ..Overrides::default()
    };
    let variables: Vec<_> = variables.iter().map(|(n, t)| ((*n).to_owned(), (*t).to_owned())).collect();
    Settings::load_with(&overrides, &variables)
}

fn refusal(file: &str, variables: &[(&str, &str)], set: &[&str]) -> String {
    load(file, variables, set).unwrap_err().to_string()
}

#[test]
fn starts_all_six_embedded_with_nothing_set() {
    let settings = Settings::load_with(&Overrides::default(), &[]).unwrap();
    assert_eq!(settings.services, SERVICES);
    assert_eq!(settings.listen.to_string(), "127.0.0.1:7443");
    assert!(settings.embedded() && settings.migrate && settings.reflection);
    assert_eq!(settings.telemetry.exporter, Exporter::None);
    assert_eq!(settings.limits.message_bytes, 4_194_304);
    assert_eq!(settings.limits.deadline_max(), Duration::from_mins(2));
    assert_eq!(settings.drain(), Duration::from_secs(10));
    assert_eq!((settings.token.lifetime_seconds, settings.token.leeway_seconds), (3600, 30));
    assert!(settings.service_token().unwrap().is_none());
    let url = settings.database_url("targets").unwrap();
    assert!(url.expose_secret().starts_with("sqlite:///"), "an absolute path, whatever the folder");
    assert!(url.expose_secret().ends_with("/hengji-data/targets.sqlite"));
}

#[test]
fn later_layers_win() {
    let file = "drain_seconds = 1\n[telemetry]\nlog_level = 'warn'\n[limits]\nmessage_bytes = 10";
    let variables = [("HENGJI_TELEMETRY__LOG_LEVEL", "debug"), ("HENGJI_LIMITS__MESSAGE_BYTES", "20")];
    let settings = load(file, &variables, &["limits.message_bytes=30"]).unwrap();
    assert_eq!(settings.drain_seconds, 1);
    assert_eq!(settings.telemetry.log_level, "debug");
    assert_eq!(settings.limits.message_bytes, 30);
    assert_eq!(settings.limits.concurrent_streams, 256, "neighbours keep their defaults");
}

#[test]
fn command_line_fields_win_over_everything() {
    let overrides = Overrides {
        listen: Some("0.0.0.0:9000".into()),
        data_dir: Some("/srv/data".into()),
        services: vec!["targets".into(), "catalog".into()],
        migrate: Some(false),
        reflection: Some(true),
        log_format: Some("json".into()),
        log_level: Some("trace".into()),
        ..Overrides::default()
    };
    let variables = [("HENGJI_LISTEN".to_owned(), "127.0.0.1:1".to_owned())];
    let settings = Settings::load_with(&overrides, &variables).unwrap();
    assert_eq!(settings.listen.to_string(), "0.0.0.0:9000");
    assert_eq!(settings.services, ["catalog", "targets"]);
    assert!(!settings.migrate && settings.reflection);
    assert_eq!(settings.telemetry.log_format, LogFormat::Json);
    let url = settings.database_url("catalog").unwrap();
    assert_eq!(url.expose_secret(), "sqlite:///srv/data/catalog.sqlite");
}

#[test]
fn refuses_an_unknown_key_and_names_key_and_place() {
    let message = refusal("[telemetry]\nexportr = 'none'", &[], &[]);
    assert!(message.contains("telemetry.exportr") && message.contains("hengji.toml"), "{message}");
    let message = refusal("", &[("HENGJI_LIMITS__MESSAGE_BITES", "1")], &[]);
    assert!(
        message.contains("limits.message_bites") && message.contains("HENGJI_LIMITS__MESSAGE_BITES"),
        "{message}"
    );
    let message = refusal("", &[], &["drain=1"]);
    assert!(message.contains("`drain`") && message.contains("command line"), "{message}");
    let message = refusal("[database.payroll]\nurl = 'x'", &[], &[]);
    assert!(message.contains("database.payroll.url"), "{message}");
    let message = refusal("[listen]\nport = 1", &[], &[]);
    assert!(message.contains("listen"), "{message}");
}

#[test]
fn refuses_a_value_of_the_wrong_kind_and_names_key_and_file() {
    let message = refusal("drain_seconds = 'soon'", &[], &[]);
    assert!(message.contains("drain_seconds") && message.contains("hengji.toml"), "{message}");
}

#[test]
fn refuses_a_file_that_is_not_there() {
    let overrides = Overrides { config: Some("/nowhere/hengji.toml".into()), ..Overrides::default() };
    let message = Settings::load_with(&overrides, &[]).unwrap_err().to_string();
    assert!(message.contains("/nowhere/hengji.toml"), "{message}");
}

#[test]
fn takes_the_file_from_the_environment_when_the_command_line_names_none() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("by-variable.toml");
    std::fs::write(&path, "drain_seconds = 3").unwrap();
    let variables = [("HENGJI_CONFIG".to_owned(), path.display().to_string())];
    let settings = Settings::load_with(&Overrides::default(), &variables).unwrap();
    assert_eq!((settings.drain_seconds, settings.file), (3, Some(path)));
}

#[test]
fn passes_over_variables_of_the_tests_and_of_others() {
    load("", &[("HENGJI_TEST_POSTGRES", "postgres://x"), ("HOME", "/")], &[]).unwrap();
}

#[test]
fn reads_services_from_a_list_or_from_one_text() {
    assert_eq!(
        load("services = ['catalog', 'identity']", &[], &[]).unwrap().services,
        ["identity", "catalog"]
    );
    assert_eq!(
        load("", &[("HENGJI_SERVICES", "targets, catalog")], &[]).unwrap().services,
        ["catalog", "targets"]
    );
    assert!(refusal("services = ['payroll']", &[], &[]).contains("payroll"));
    assert!(refusal("services = []", &[], &[]).contains("services"));
}

#[test]
fn one_service_on_a_server_neither_migrates_nor_reflects_by_itself() {
    let file = "services = ['targets']\n[database.targets]\nurl = 'postgres://u:p@db/targets'";
    let settings = load(file, &[], &[]).unwrap();
    assert!(!settings.embedded() && !settings.migrate && !settings.reflection);
    assert_eq!(settings.database_url("targets").unwrap().expose_secret(), "postgres://u:p@db/targets");
}

#[test]
fn refuses_a_forgotten_database_beside_real_ones() {
    let file = "services = ['catalog', 'targets']\n[database.targets]\nurl = 'postgres://u:p@db/targets'";
    assert!(refusal(file, &[], &[]).contains("database.catalog.url"));
}

#[test]
fn reads_secrets_from_files_and_trims_the_line_end() {
    let folder = tempfile::tempdir().unwrap();
    let (url, token, empty) =
        (folder.path().join("url"), folder.path().join("token"), folder.path().join("empty"));
    std::fs::write(&url, "postgres://u:p@db/targets\n").unwrap();
    std::fs::write(&token, "abc.def.ghi\n").unwrap();
    std::fs::write(&empty, "\n").unwrap();
    let toml = |token: &Path| {
        format!(
            "services = ['targets']\nservice_token_file = '{}'\n[database.targets]\nurl_file = '{}'",
            token.display(),
            url.display()
        )
    };
    let settings = load(&toml(&token), &[], &[]).unwrap();
    assert_eq!(settings.database_url("targets").unwrap().expose_secret(), "postgres://u:p@db/targets");
    assert_eq!(settings.service_token().unwrap().unwrap().expose_secret(), "abc.def.ghi");
    let message = load(&toml(&empty), &[], &[]).unwrap().service_token().unwrap_err().to_string();
    assert!(message.contains("service_token_file") && message.contains("empty"), "{message}");
}

#[test]
fn refuses_a_url_given_twice() {
    let file = "[database.targets]\nurl = 'postgres://secret'\nurl_file = '/run/url'";
    let message = refusal(file, &[], &[]);
    assert!(message.contains("database.targets.url_file") && !message.contains("secret"), "{message}");
}

#[test]
fn refuses_numbers_and_endpoints_that_cannot_work() {
    for (file, key) in [
        ("[telemetry]\nsample_ratio_percent = 101", "telemetry.sample_ratio_percent"),
        ("[limits]\nmessage_bytes = 0", "limits.message_bytes"),
        ("[limits]\nconcurrent_streams = 0", "limits.concurrent_streams"),
        ("[limits]\ndeadline_default_ms = 0", "limits.deadline_default_ms"),
        ("[limits]\ndeadline_max_ms = 1", "limits.deadline_default_ms"),
        ("[token]\nlifetime_seconds = 0", "token.lifetime_seconds"),
        ("[peers]\nidentity = 'identity:7443'", "peers.identity"),
        ("[telemetry]\notlp_endpoint = 'collector'", "telemetry.otlp_endpoint"),
    ] {
        assert!(refusal(file, &[], &[]).contains(key), "{file}");
    }
}

#[test]
fn debug_prints_no_secret() {
    let file = "services = ['targets']\n[database.targets]\nurl = 'postgres://u:hunter2@db/targets'";
    let shown = format!("{:?}", load(file, &[], &[]).unwrap());
    assert!(shown.contains("REDACTED") && !shown.contains("hunter2"), "{shown}");
}

/// The names serde would take for a struct, as its own refusal of a made-up one lists them.
fn fields<T: DeserializeOwned>() -> Vec<&'static str> {
    let error = Figment::from(Toml::string("no_such_field = 1")).extract::<T>().err().unwrap();
    match error.kind {
        Kind::UnknownField(_, fields) => fields.to_vec(),
        other => panic!("{other}"),
    }
}

#[test]
fn list_of_keys_and_structs_say_the_same() {
    let below = |above: &str, fields: Vec<&str>| -> Vec<String> {
        fields.iter().map(|field| format!("{above}.{field}")).collect()
    };
    let paths: Vec<String> = fields::<Raw>()
        .into_iter()
        .flat_map(|field| match field {
            "database" => below("database.<service>", fields::<Database>()),
            "peers" => vec!["peers.<service>".to_owned()],
            "telemetry" => below(field, fields::<Telemetry>()),
            "limits" => below(field, fields::<Limits>()),
            "monitoring" => below(field, fields::<Monitoring>()),
            "token" => below(field, fields::<Token>()),
            leaf => vec![leaf.to_owned()],
        })
        .collect();
    let listed: Vec<String> = KEYS.iter().map(|key| key.path.to_owned()).collect();
    assert_eq!(paths, listed);
}

#[test]
fn table_shows_every_key_with_its_variable() {
    let table = Settings::describe();
    assert_eq!(table.lines().count(), KEYS.len() + 2);
    assert!(table.contains("`HENGJI_DATABASE__<SERVICE>__URL_FILE`"));
    assert!(table.contains("| `limits.message_bytes` | `4194304` |"));
}

#[test]
fn every_key_can_be_set_by_its_variable() {
    for key in KEYS {
        let name = key.variable().replace("<SERVICE>", "TARGETS");
        let text = match key.path {
            "migrate" | "reflection" => "true",
            "peers.<service>" => "http://targets:7443",
            path if path.ends_with("url") || path.ends_with("file") => "/run/secret",
            _ => key.default,
        };
        let variables = [(name, text.to_owned()), ("HENGJI_SERVICES".to_owned(), "targets".to_owned())];
        let settings = Settings::load_with(&Overrides::default(), &variables[..]);
        assert!(settings.is_ok(), "{}: {settings:?}", key.path);
    }
}

#[test]
fn paths_stay_paths() {
    let settings = load("service_token_file = '/run/token'", &[], &[]).unwrap();
    assert_eq!(settings.service_token_file, Some(PathBuf::from("/run/token")));
}

#[test]
fn settings_of_the_kubernetes_manifests_are_known() {
    let given =
        include_str!("../../../../k8s/base/settings.env").lines().filter_map(|line| line.split_once('='));
    let mut variables: Vec<_> = given.map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
    variables.push(("HENGJI_DATABASE__TARGETS__URL_FILE".into(), "/run/hengji/secrets/database-url".into()));
    let overrides = Overrides { services: vec!["targets".into()], ..Overrides::default() };
    let settings = Settings::load_with(&overrides, &variables).unwrap();
    assert!(!settings.embedded() && !settings.migrate && !settings.reflection);
    assert!(SERVICES.iter().all(|service| settings.peers.contains_key(*service)));
}

#[test]
fn documented_table_is_the_one_in_force() {
    let documented = include_str!("../../../../docs/settings.md");
    assert!(
        documented.ends_with(&Settings::describe()),
        "docs/settings.md should end with:\n{}",
        Settings::describe()
    );
}
