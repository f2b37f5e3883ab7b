//! The catalog: the newest snapshot, some before it, and what leads from one to the next.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use anyhow::{Context, Result, anyhow, bail};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path as InPath, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use ed25519_dalek::SigningKey;
use regulars::domain::AlignedBytes;
use regulars::rules::NativeRegex;
use regulars::snapshot::container::Header;
use regulars::snapshot::delta::delta as make_delta;
use regulars::snapshot::{OpenOptions, is_binary, open};
use tokio::sync::watch;

use super::Shared;
use crate::input::hex;

/// A snapshot as it is served.
#[derive(Clone, Debug)]
pub struct Served {
    pub bytes: Bytes,
    pub version: u64,
    pub digest: String,
}

/// The newest snapshot and those before it.
pub struct Catalogs {
    path: PathBuf,
    key: Option<SigningKey>,
    history: usize,
    state: Mutex<Known>,
    /// The newest version; closed when the program ends.
    news: Mutex<Option<watch::Sender<u64>>>,
}

struct Known {
    /// Oldest first, the newest last; never empty.
    snapshots: Vec<Served>,
    /// Deltas to the newest by the digest they start from, made when first asked for.
    deltas: HashMap<String, Option<Bytes>>,
    looked_at: Option<(SystemTime, u64)>,
}

impl Catalogs {
    pub fn open(path: &Path, key: Option<SigningKey>, history: usize) -> Result<Self> {
        let looked_at = stamp(path)?;
        let first = read(path)?;
        let (news, _) = watch::channel(first.version);
        let state = Known { snapshots: vec![first], deltas: HashMap::new(), looked_at: Some(looked_at) };
        Ok(Catalogs { path: path.to_owned(), key, history, state: Mutex::new(state), news: Mutex::new(Some(news)) })
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        // What is inside is changed in one assignment each: it is sound even where a thread failed while holding it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn newest(&self) -> Served {
        self.known().snapshots.last().cloned().unwrap_or_else(|| Served { bytes: Bytes::new(), version: 0, digest: String::new() })
    }

    /// News of later versions; `None` where the program ends.
    pub fn news(&self) -> Option<watch::Receiver<u64>> {
        self.news.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(watch::Sender::subscribe)
    }

    pub fn close(&self) {
        self.news.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// Looks whether the file has changed, and takes it where it is a newer snapshot.
    ///
    /// # Errors
    /// Where it is none; what was served is served on, and the file is not read again until it changes.
    pub fn look(&self) -> Result<()> {
        let now = stamp(&self.path)?;
        if self.known().looked_at == Some(now) {
            return Ok(());
        }
        let read = read(&self.path);
        let mut known = self.known();
        known.looked_at = Some(now);
        let (next, before) = (read?, known.snapshots.last().map_or(0, |snapshot| snapshot.version));
        if next.version < before {
            bail!("{}: version {} is older than version {before}, which is served on", self.path.display(), next.version);
        }
        if known.snapshots.last().is_some_and(|snapshot| snapshot.digest == next.digest) {
            return Ok(());
        }
        let version = next.version;
        known.snapshots.push(next);
        let old = known.snapshots.len().saturating_sub(self.history + 1);
        known.snapshots.drain(..old);
        known.deltas.clear();
        drop(known);
        if let Some(news) = self.news.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            news.send_replace(version);
        }
        println!("version {version}");
        Ok(())
    }

    /// What leads from the snapshot with this digest to the newest; `None` where it is not known, or it would be no
    /// shorter than the whole.
    fn delta_from(&self, digest: &str) -> Option<Bytes> {
        let (old, new) = {
            let known = self.known();
            if let Some(made) = known.deltas.get(digest) {
                return made.clone();
            }
            let old = known.snapshots.iter().find(|snapshot| snapshot.digest == digest)?.clone();
            (old, known.snapshots.last()?.clone())
        };
        let made = make_delta(&old.bytes, &new.bytes, self.key.as_ref()).ok().map(Bytes::from);
        let made = made.filter(|delta| delta.len() < new.bytes.len());
        let mut known = self.known();
        if known.snapshots.last().is_some_and(|newest| newest.digest == new.digest) {
            known.deltas.insert(digest.to_owned(), made.clone());
        }
        made
    }
}

fn stamp(path: &Path) -> Result<(SystemTime, u64)> {
    let meta = fs::metadata(path).with_context(|| path.display().to_string())?;
    Ok((meta.modified()?, meta.len()))
}

fn read(path: &Path) -> Result<Served> {
    let bytes = fs::read(path).with_context(|| path.display().to_string())?;
    if !is_binary(&bytes) {
        bail!("{}: no binary snapshot; `regulars pack` makes them", path.display());
    }
    let refused = |error: regulars::snapshot::SnapshotError| anyhow!("{}: {}: {error}", path.display(), error.code());
    open(AlignedBytes::copy_of(&bytes), &OpenOptions::new(&NativeRegex)).map_err(refused)?;
    let header = Header::read(&bytes).map_err(refused)?;
    Ok(Served { version: header.version, digest: hex(&header.digest), bytes: bytes.into() })
}

pub async fn whole(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    let newest = shared.catalogs.newest();
    let etag = format!("\"{}\"", newest.digest);
    tagged(&headers, &etag, "application/octet-stream", "no-cache", newest.bytes)
}

pub async fn delta(State(shared): State<Arc<Shared>>, InPath(digest): InPath<String>) -> Response {
    if shared.catalogs.newest().digest == digest {
        return StatusCode::NO_CONTENT.into_response();
    }
    let made = tokio::task::spawn_blocking(move || shared.catalogs.delta_from(&digest)).await.ok().flatten();
    match made {
        Some(bytes) => ([(header::CONTENT_TYPE, "application/octet-stream"), (header::CACHE_CONTROL, "no-cache")], bytes).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

pub async fn health(State(shared): State<Arc<Shared>>) -> Response {
    let newest = shared.catalogs.newest();
    Json(serde_json::json!({"version": newest.version, "digest": newest.digest})).into_response()
}

/// An answer with its validator: 304 where the asker has it already.
pub fn tagged(asked: &HeaderMap, etag: &str, kind: &'static str, cache: &'static str, body: Bytes) -> Response {
    let known = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    let same = known.map(str::trim).any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == etag);
    let headers = [(header::ETAG, etag.to_owned()), (header::CACHE_CONTROL, cache.to_owned())];
    if same {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    ([(header::CONTENT_TYPE, kind)], headers, body).into_response()
}
