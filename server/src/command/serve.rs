//! `bearlumen serve`

use super::CommandError;
use crate::data::{DataDir, write_private};
use crate::http::Server;
use clap::Args;
use serde_json::json;
use std::io::{Write, stdout};
use std::net::SocketAddr;
use std::path::PathBuf;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// Arguments of `serve`.
#[derive(Args)]
pub struct Serve {
    /// Where to listen. Port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8787")]
    addr: SocketAddr,
    /// The data directory; created if it is not there.
    #[arg(long, default_value = super::DEFAULT_DATA)]
    data: PathBuf,
    /// Secret of the admin routes, at least 32 characters. Without it there are none.
    #[arg(long, env = "BEARLUMEN_ADMIN_SECRET", hide_env_values = true)]
    admin_secret: Option<String>,
    /// Key prefixes accepted beside `sk_live_` and `sk_test_`, such as `bl_live_`.
    #[arg(long, env = "BEARLUMEN_KEY_PREFIXES", value_delimiter = ',')]
    key_prefixes: Vec<String>,
    /// Writes address, process id and, on first start, the key here once the server answers. JSON, mode 0600.
    #[arg(long)]
    ready_file: Option<PathBuf>,
}

impl Serve {
    pub(super) fn run(self) -> Result<(), CommandError> {
        tracing_subscriber::fmt()
            .json()
            .flatten_event(true)
            .with_writer(std::io::stderr)
            .with_env_filter(
                EnvFilter::try_from_env("BEARLUMEN_LOG").unwrap_or_else(|_| EnvFilter::new("info")),
            )
            .init();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()?;
        runtime.block_on(self.serve())
    }

    async fn serve(self) -> Result<(), CommandError> {
        let data = DataDir::open(&self.data)?;
        let _lock = data.lock()?;
        let settings = data.settings(self.admin_secret, self.key_prefixes)?;
        // Before the first key is made, which is shown once: a server that cannot listen shows none.
        let server = Server::bind(self.addr, data.clone(), settings).await?;
        let first = if data.organizations()?.is_empty() {
            Some(data.create_organization(server.settings(), "default")?)
        } else {
            None
        };
        let addr = server.addr()?;
        let mut out = stdout();
        writeln!(
            out,
            "Bear Lumen listens on http://{addr}, its data is in {}",
            self.data.display()
        )?;
        match &first {
            Some((id, key)) => writeln!(
                out,
                "First start: organization {id} was created with this key, which is not shown again. Try:\n\n  \
                 curl -H 'Authorization: Bearer {}' http://{addr}/v1/ping\n\n\
                 What calls cost is shown to this key at http://{addr}/\n",
                key.key
            )?,
            None => writeln!(
                out,
                "For another key: bearlumen keys create --data {}",
                self.data.display()
            )?,
        }
        out.flush()?;
        if let Some(path) = &self.ready_file {
            let ready = json!({
                "base_url": format!("http://{addr}"),
                "organization_id": first.as_ref().map(|(id, _)| id.as_str()),
                "api_key": first.as_ref().map(|(_, key)| key.key.as_str()),
                "pid": std::process::id(),
            });
            write_private(path, &ready.to_string())?;
        }
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let stop = async move {
            tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
        };
        server.run(stop).await?;
        writeln!(stdout(), "Stopped; everything accepted is stored")?;
        Ok(())
    }
}
