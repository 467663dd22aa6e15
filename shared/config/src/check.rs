//! Values that parse but cannot work are refused here, before anything is opened.

use std::path::PathBuf;

use crate::settings::{Raw, has_url};
use crate::{ConfigError, SERVICES, Settings};

fn refuse(key: &str, message: impl Into<String>) -> ConfigError {
    ConfigError::Invalid { key: key.to_owned(), message: message.into() }
}

impl Raw {
    pub(crate) fn settle(self, file: Option<PathBuf>) -> Result<Settings, ConfigError> {
        let services = self.mounted()?;
        self.check_databases(&services)?;
        self.check_numbers()?;
        self.check_endpoints()?;
        let embedded = !services.iter().any(|service| has_url(&self.database, service));
        let whole = services.len() == SERVICES.len();
        Ok(Settings {
            listen: self.listen,
            data_dir: self.data_dir,
            services,
            database: self.database,
            peers: self.peers,
            migrate: self.migrate.unwrap_or(embedded),
            reflection: self.reflection.unwrap_or(whole),
            telemetry: self.telemetry,
            limits: self.limits,
            drain_seconds: self.drain_seconds,
            monitoring: self.monitoring,
            token: self.token,
            service_token_file: self.service_token_file,
            file,
        })
    }

    fn mounted(&self) -> Result<Vec<&'static str>, ConfigError> {
        if let Some(name) = self.services.iter().find(|name| !SERVICES.contains(&name.as_str())) {
            return Err(refuse("services", format!("`{name}` is not one of {}", SERVICES.join(", "))));
        }
        let mounted: Vec<_> =
            SERVICES.into_iter().filter(|known| self.services.iter().any(|n| n == known)).collect();
        if mounted.is_empty() {
            return Err(refuse("services", "at least one service is needed"));
        }
        Ok(mounted)
    }

    fn check_databases(&self, services: &[&'static str]) -> Result<(), ConfigError> {
        for (service, set) in &self.database {
            if set.url.is_some() && set.url_file.is_some() {
                return Err(refuse(&format!("database.{service}.url_file"), "url is set as well; keep one"));
            }
        }
        // A forgotten URL would quietly put one service's records into a local file beside five real databases.
        let without: Vec<_> = services.iter().filter(|name| !has_url(&self.database, name)).collect();
        match without.first() {
            Some(service) if without.len() < services.len() => Err(refuse(
                &format!("database.{service}.url"),
                "missing, while other mounted services have one",
            )),
            _ => Ok(()),
        }
    }

    fn check_numbers(&self) -> Result<(), ConfigError> {
        if self.telemetry.sample_ratio_percent > 100 {
            return Err(refuse("telemetry.sample_ratio_percent", "more than 100"));
        }
        if self.limits.message_bytes == 0 {
            return Err(refuse("limits.message_bytes", "zero would refuse every call"));
        }
        if self.limits.concurrent_streams == 0 {
            return Err(refuse("limits.concurrent_streams", "zero would refuse every call"));
        }
        if self.limits.deadline_default_ms == 0 {
            return Err(refuse("limits.deadline_default_ms", "zero would refuse every call"));
        }
        if self.limits.deadline_default_ms > self.limits.deadline_max_ms {
            return Err(refuse("limits.deadline_default_ms", "more than limits.deadline_max_ms"));
        }
        if self.token.lifetime_seconds == 0 {
            return Err(refuse("token.lifetime_seconds", "a token that is born expired serves nobody"));
        }
        Ok(())
    }

    fn check_endpoints(&self) -> Result<(), ConfigError> {
        let peers = self.peers.iter().map(|(service, url)| (format!("peers.{service}"), url));
        let otlp = ("telemetry.otlp_endpoint".to_owned(), &self.telemetry.otlp_endpoint);
        for (key, url) in peers.chain([otlp]) {
            if !url.starts_with("http://") && !url.starts_with("https://") {
                return Err(refuse(&key, "an endpoint begins with http:// or https://"));
            }
        }
        Ok(())
    }
}
