//! News as server-sent events.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;

use super::Shared;

/// Says `{"type": "catalog", "version": N}` at once and whenever there is a newer snapshot. Slow readers miss versions in
/// between, never the newest.
pub async fn news(State(shared): State<Arc<Shared>>) -> Response {
    let Some(mut receiver) = shared.catalogs.news() else { return StatusCode::SERVICE_UNAVAILABLE.into_response() };
    receiver.mark_changed();
    let events = stream::unfold(receiver, |mut receiver| async move {
        receiver.changed().await.ok()?;
        let version = *receiver.borrow_and_update();
        let event = Event::default().data(format!(r#"{{"type":"catalog","version":{version}}}"#));
        Some((Ok::<_, Infallible>(event), receiver))
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))).into_response()
}
