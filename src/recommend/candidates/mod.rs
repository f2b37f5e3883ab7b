//! What there is to say of items for one request, one source a file: each fills in its part of the evidence.

pub(super) mod affinity;
pub(super) mod alike;
pub(super) mod history;
pub(super) mod neighbours;
pub(super) mod session;
