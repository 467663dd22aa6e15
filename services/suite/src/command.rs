//! The command line.

use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use hengji_config::{Overrides, Settings};
use hengji_telemetry::{Exporter, LogFormat, Telemetry, TelemetrySettings};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::run::{self, Suite, told};
use crate::{demo, topology};

/// 衡绩: budget performance management (预算绩效管理) over gRPC.
#[derive(Debug, Parser)]
#[command(version, about)]
pub struct Command {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Debug, Args)]
struct Common {
    /// Settings file (TOML); otherwise HENGJI_CONFIG
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    /// Folder of the embedded SQLite files
    #[arg(long, global = true)]
    data_dir: Option<PathBuf>,
    /// Only this service; may be repeated. All six if absent
    #[arg(long, global = true)]
    service: Vec<String>,
    /// Any other setting, as key=value; `hengji config` lists them
    #[arg(long, global = true)]
    set: Vec<String>,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Serve (the default): all six services embedded, or those named
    Serve {
        /// Address and port
        #[arg(long)]
        listen: Option<String>,
    },
    /// Bring the databases of the named services to the present schema
    Migrate,
    /// Play one county's budget year and print its annual report
    Demo,
    /// Print a first token: the administrator's, or with --for-service the one for background work
    Token {
        /// A token for the background work of this service
        #[arg(long)]
        for_service: Option<String>,
        /// How long it is valid
        #[arg(long, default_value_t = 8)]
        hours: i64,
    },
    /// List every setting with default, environment variable and meaning
    Config {
        /// Only check that the settings given can be used
        #[arg(long)]
        check: bool,
    },
}

impl Command {
    pub async fn run(self) -> anyhow::Result<()> {
        match self.verb.unwrap_or(Verb::Serve { listen: None }) {
            Verb::Serve { listen } => serve(&self.common.settings(listen)?).await,
            Verb::Migrate => migrate(&self.common.settings(None)?).await,
            Verb::Demo => demo::command(self.common.data_dir).await,
            Verb::Token { for_service, hours } => {
                token(&self.common.settings(None)?, for_service, hours).await
            }
            Verb::Config { check: true } => {
                self.common.settings(None)?;
                println!("the settings can be used");
                Ok(())
            }
            Verb::Config { check: false } => {
                println!("{}", Settings::describe());
                Ok(())
            }
        }
    }
}

impl Common {
    fn settings(&self, listen: Option<String>) -> anyhow::Result<Settings> {
        let overrides = Overrides {
            config: self.config.clone(),
            listen,
            data_dir: self.data_dir.clone(),
            services: self.service.clone(),
            set: self.set.clone(),
            ..Overrides::default()
        };
        Ok(Settings::load(&overrides)?)
    }
}

async fn serve(settings: &Settings) -> anyhow::Result<()> {
    let telemetry = telemetry(settings)?;
    let served = serve_until_stopped(settings).await;
    telemetry.shutdown().await;
    served
}

async fn serve_until_stopped(settings: &Settings) -> anyhow::Result<()> {
    let mut stop = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let listener =
        TcpListener::bind(settings.listen).await.with_context(|| format!("listen {}", settings.listen))?;
    let address = listener.local_addr()?;
    let suite = Suite::start(settings).await?;
    let names: Vec<_> = run::mounted(settings)?.iter().map(|spec| spec.name).collect();
    println!("hengji serves {} on http://{address}", names.join(", "));
    if settings.embedded() {
        let folder = settings.data_dir.display();
        println!("data: {folder}");
        println!("a first token: hengji token --data-dir {folder}");
    }
    let stopped = async move {
        tokio::select! {
            _ = stop.recv() => {}
            _ = interrupt.recv() => {}
        }
        // a second signal ends the process at once
        tokio::spawn(async move {
            tokio::select! {
                _ = stop.recv() => {}
                _ = interrupt.recv() => {}
            }
            std::process::exit(1);
        });
    };
    suite.serve(listener, stopped).await
}

async fn migrate(settings: &Settings) -> anyhow::Result<()> {
    for spec in run::mounted(settings)? {
        let db = run::open(settings, spec).await?;
        let pending = db.pending(spec.migrations).await?;
        db.migrate(spec.migrations).await?;
        match pending.len() {
            0 => println!("{}: nothing to do", spec.name),
            count => println!("{}: {count} applied ({})", spec.name, pending.join(", ")),
        }
        db.close().await;
    }
    Ok(())
}

async fn token(settings: &Settings, for_service: Option<String>, hours: i64) -> anyhow::Result<()> {
    let spec = topology::find("identity").context("identity is not part of the suite")?;
    let db = run::open(settings, spec).await?;
    if settings.embedded() {
        db.migrate(spec.migrations).await?;
    }
    let (acts, rules, seconds) = (run::acts(db.clone()), run::token_rules(settings), hours * 3600);
    let token = match for_service {
        Some(service) => {
            hengji_identity::service_token(&acts, &run::entropy(), &rules, seconds, &service).await
        }
        None => hengji_identity::administrator_token(&acts, &run::entropy(), &rules, seconds).await,
    }
    .map_err(told)?;
    db.close().await;
    println!("{token}");
    Ok(())
}

fn telemetry(settings: &Settings) -> anyhow::Result<Telemetry> {
    let told = &settings.telemetry;
    let settings = TelemetrySettings {
        exporter: match told.exporter {
            hengji_config::Exporter::None => Exporter::None,
            hengji_config::Exporter::Stdout => Exporter::Stdout,
            hengji_config::Exporter::Otlp => Exporter::Otlp,
        },
        otlp_endpoint: told.otlp_endpoint.clone(),
        log_format: match told.log_format {
            hengji_config::LogFormat::Text => LogFormat::Text,
            hengji_config::LogFormat::Json => LogFormat::Json,
        },
        log_level: told.log_level.clone(),
        sample_ratio_percent: told.sample_ratio_percent,
    };
    Ok(hengji_telemetry::init(&settings, "hengji")?)
}
