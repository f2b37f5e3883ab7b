//! Members' profiles.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use super::Shared;
use super::catalog::tagged;
use crate::input::hex;

/// Who the proxy says is there.
pub fn signed_in(shared: &Shared, headers: &HeaderMap) -> Option<String> {
    let name = headers.get(shared.member_header.as_ref()?)?.to_str().ok()?;
    // The name becomes that of a file.
    let sound = !name.is_empty() && name.len() <= 128 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    sound.then(|| name.to_owned())
}

pub async fn profile(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    let Some(folder) = &shared.members else { return StatusCode::NOT_FOUND.into_response() };
    let Some(member) = signed_in(&shared, &headers) else { return StatusCode::UNAUTHORIZED.into_response() };
    match tokio::fs::read(folder.join(member).with_extension("json")).await {
        Ok(bytes) => {
            let etag = format!("\"{}\"", hex(&Sha256::digest(&bytes)));
            tagged(&headers, &etag, "application/json", "private, no-cache", Bytes::from(bytes))
        }
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}
