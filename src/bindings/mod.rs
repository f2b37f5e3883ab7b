//! The JavaScript surface: the only place that knows JavaScript's types.
//!
//! What comes in is first read into [`Value`](crate::domain::Value)s, then the engine is borrowed, asked, and let go,
//! then the answer becomes JavaScript objects. So whatever an argument does while it is read (getters, proxies), the
//! engine is never left borrowed.

mod answer;
mod answers;
mod bucketing;
mod clock;
mod condition;
mod describe;
mod device;
mod engine;
mod error;
mod experiments;
mod input;
mod load;
mod regex;
mod types;
mod words;

pub use bucketing::bucketing;
pub use condition::matches;
pub use engine::Engine;
