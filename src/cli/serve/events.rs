//! The intake of events.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::Shared;
use super::members::signed_in;

/// A batch as devices send it.
#[derive(Debug, Deserialize)]
pub struct Batch {
    pub id: String,
    pub device: String,
    #[serde(default)]
    pub member: String,
    pub events: Vec<Event>,
    #[serde(default)]
    pub dropped: u64,
}

/// One event; all other fields are kept as they are.
#[derive(Debug, Deserialize)]
pub struct Event {
    pub sequence: u64,
    #[serde(rename = "type")]
    pub kind: String,
    pub at: i64,
    pub item: Option<String>,
    #[serde(flatten)]
    pub fields: Map<String, Value>,
}

/// Most events of a batch.
const MOST_EVENTS: usize = 10_000;

/// Takes a batch: 204 when it is in the database, be it from this request or one before. 400 is for what no device sends.
pub async fn take(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    if shared.store.is_none() {
        return StatusCode::NOT_FOUND.into_response();
    }
    let wrong = |message: String| (StatusCode::BAD_REQUEST, Json(serde_json::json!({"error": message}))).into_response();
    let batch: Batch = match serde_json::from_slice(&body) {
        Ok(batch) => batch,
        Err(error) => return wrong(error.to_string()),
    };
    if batch.id.is_empty() || batch.id.len() > 128 || batch.device.is_empty() || batch.device.len() > 64 || batch.events.len() > MOST_EVENTS
    {
        return wrong("a batch has an id, a device and at most 10,000 events".into());
    }
    let session = signed_in(&shared, &headers);
    let taken = tokio::task::spawn_blocking(move || match &shared.store {
        Some(store) => store.take(&batch, session.as_deref()),
        None => Ok(0),
    });
    match taken.await {
        Ok(Ok(_)) => StatusCode::NO_CONTENT.into_response(),
        failed => {
            eprintln!("warning: events not taken: {failed:?}");
            (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "30")]).into_response()
        }
    }
}
