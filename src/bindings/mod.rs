//! The JavaScript surface: the only place that knows JavaScript's types.
//!
//! What comes in is first read into [`Value`](crate::domain::Value)s, then the engine is borrowed, asked, and let go,
//! then the answer becomes JavaScript objects. So whatever an argument does while it is read (getters, proxies), the
//! engine is never left borrowed.

mod answer;
#[cfg(feature = "loyalty")]
mod answers;
#[cfg(feature = "experiments")]
mod bucketing;
mod clock;
#[cfg(feature = "experiments")]
mod condition;
mod describe;
mod device;
mod engine;
mod error;
#[cfg(feature = "experiments")]
mod experiments;
#[cfg(feature = "export")]
mod export;
mod input;
mod load;
#[cfg(feature = "offers")]
mod offers;
mod recommend;
mod regex;
mod types;
mod words;

#[cfg(feature = "experiments")]
pub use bucketing::bucketing;
#[cfg(feature = "experiments")]
pub use condition::matches;
pub use engine::Engine;

/// Smaller than the library's own (1.9 kB to download), and quicker where a profile or a snapshot is read.
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
