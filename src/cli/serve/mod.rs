//! `regulars serve`

mod catalog;
mod events;
mod limits;
mod members;
mod store;
mod stream;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::routing::{get, post};
use clap::Args;
use tower_http::cors::{AllowOrigin, CorsLayer};

use self::catalog::Catalogs;
use self::limits::Limits;
use self::store::Store;
use crate::input;

/// How often the file of the catalog is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// The longest batch of events taken, in bytes.
const LONGEST_BATCH: usize = 512 * 1024;

/// Serve devices: the catalog with its deltas and news, members' profiles, and the intake of events.
///
///     GET  /catalog           the snapshot, with an ETag made of its digest
///     GET  /deltas/DIGEST     what leads from that snapshot to the newest; 204 where it is the newest
///     GET  /stream            server-sent events: says when there is a newer snapshot
///     GET  /me                the profile of the member that the proxy names
///     POST /events            a batch of events, taken once by its id, into an SQLite database
///     GET  /health            the version being served
///
/// The catalog is a file: whoever packs a newer one over it is done, this program notices within a second. There is no
/// TLS and no sign-in here: put a proxy in front of it that ends TLS and, for /me, says who is there.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Serve {
    /// The snapshot to serve.
    catalog: PathBuf,
    /// Where to listen.
    #[arg(short, long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The private key that signs deltas; without one they are unsigned, and devices that ask for signatures fetch the
    /// whole snapshot.
    #[arg(short, long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// The database that events go to; it is made where there is none. Without it events are refused.
    #[arg(short, long, value_name = "FILE")]
    events: Option<PathBuf>,
    /// A folder with one profile a member: ID.json.
    #[arg(short, long, value_name = "FOLDER", requires = "member_header")]
    members: Option<PathBuf>,
    /// The header in which the proxy says who is signed in. The proxy must drop it from what comes in from outside.
    #[arg(long, value_name = "NAME")]
    member_header: Option<HeaderName>,
    /// How many snapshots before the newest have deltas.
    #[arg(long, default_value_t = 8)]
    history: usize,
    /// Requests a second that one address may make, over a minute.
    #[arg(long, default_value_t = 10)]
    rate: u32,
    /// Take a client's address from the last entry of X-Forwarded-For: only behind a proxy that writes it.
    #[arg(long)]
    behind_proxy: bool,
    /// An origin whose pages may ask, for pages that do not come from here: `https://shop.example`.
    #[arg(long = "origin", value_name = "ORIGIN")]
    origins: Vec<HeaderValue>,
}

/// What all requests share.
pub struct Shared {
    pub catalogs: Catalogs,
    pub store: Option<Store>,
    pub limits: Limits,
    pub members: Option<PathBuf>,
    pub member_header: Option<HeaderName>,
}

impl Serve {
    pub fn run(&self) -> Result<()> {
        let key = self.key.as_deref().map(input::private_key).transpose()?;
        let shared = Arc::new(Shared {
            catalogs: Catalogs::open(&self.catalog, key, self.history)?,
            store: self.events.as_deref().map(Store::open).transpose()?,
            limits: Limits::new(self.rate, self.behind_proxy),
            members: self.members.clone(),
            member_header: self.member_header.clone(),
        });
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(self.serve(shared))
    }

    async fn serve(&self, shared: Arc<Shared>) -> Result<()> {
        let watching = shared.clone();
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(LOOK_EVERY).await;
                let looking = watching.clone();
                if let Ok(Err(error)) = tokio::task::spawn_blocking(move || looking.catalogs.look()).await {
                    eprintln!("warning: {error:#}");
                }
            }
        });
        let listener = tokio::net::TcpListener::bind(self.listen).await.with_context(|| format!("listening at {}", self.listen))?;
        println!("http://{}: version {}", listener.local_addr()?, shared.catalogs.newest().version);
        let app = self.app(shared.clone()).into_make_service_with_connect_info::<SocketAddr>();
        let stopping = async move {
            stopped().await;
            // Streams would never end by themselves.
            shared.catalogs.close();
        };
        axum::serve(listener, app).with_graceful_shutdown(stopping).await?;
        Ok(())
    }

    fn app(&self, shared: Arc<Shared>) -> Router {
        let cors = CorsLayer::new()
            .allow_origin(AllowOrigin::list(self.origins.iter().cloned()))
            .allow_methods([Method::GET, Method::POST])
            .allow_headers([header::CONTENT_TYPE, header::IF_NONE_MATCH])
            .expose_headers([header::ETAG, header::DATE, header::AGE, header::RETRY_AFTER])
            .allow_credentials(true)
            .max_age(Duration::from_secs(24 * 3600));
        Router::new()
            .route("/catalog", get(catalog::whole))
            .route("/deltas/{digest}", get(catalog::delta))
            .route("/stream", get(stream::news))
            .route("/me", get(members::profile))
            .route("/events", post(events::take))
            .layer(axum::middleware::from_fn_with_state(shared.clone(), limits::enforce))
            .route("/health", get(catalog::health))
            .layer(DefaultBodyLimit::max(LONGEST_BATCH))
            .layer(cors)
            .with_state(shared)
    }
}

/// Resolves when the program is to end.
async fn stopped() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
