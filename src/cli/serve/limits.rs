//! How much one address may ask.

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::Shared;

/// Addresses are forgotten now and then, those that have not asked lately.
const FORGET_EVERY: u32 = 10_000;
/// Seconds of a minute: a burst may use up what a minute allows.
const BURST: u32 = 60;

/// How much one address may ask: a burst of what a minute allows, refilled steadily.
pub struct Limits {
    limiter: DefaultKeyedRateLimiter<IpAddr>,
    behind_proxy: bool,
    asked: AtomicU32,
}

impl Limits {
    pub fn new(rate: u32, behind_proxy: bool) -> Self {
        let rate = NonZeroU32::new(rate).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::per_second(rate).allow_burst(rate.saturating_mul(NonZeroU32::MIN.saturating_add(BURST - 1)));
        Limits { limiter: RateLimiter::keyed(quota), behind_proxy, asked: AtomicU32::new(0) }
    }

    /// The seconds to wait, where the address has asked too much.
    fn check(&self, address: IpAddr) -> Result<(), u64> {
        if self.asked.fetch_add(1, Ordering::Relaxed) % FORGET_EVERY == FORGET_EVERY - 1 {
            self.limiter.retain_recent();
        }
        let wait = |refused: governor::NotUntil<_>| refused.wait_time_from(DefaultClock::default().now()).as_secs() + 1;
        self.limiter.check_key(&address).map_err(wait)
    }

    fn address(&self, headers: &HeaderMap, peer: SocketAddr) -> IpAddr {
        let forwarded = || headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?.rsplit(',').next()?.trim().parse().ok();
        if self.behind_proxy { forwarded().unwrap_or(peer.ip()) } else { peer.ip() }
    }
}

/// Refuses with 429 and the time to wait.
pub async fn enforce(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    let address = shared.limits.address(request.headers(), peer);
    match shared.limits.check(address) {
        Ok(()) => next.run(request).await,
        Err(wait) => (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, wait.to_string())]).into_response(),
    }
}
