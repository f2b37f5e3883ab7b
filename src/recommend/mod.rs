//! What to recommend to one member, and why.

mod weights;

pub use weights::Weights;
