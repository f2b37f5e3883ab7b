//! Bandits that decide on the device: Thompson sampling over the arms of a slot.
//!
//! The server knows most and pushes a prior for each arm; the device adds what happened on it. Each decision draws once
//! from what is believed of each arm, and the best draw wins, so that arms are shown as often as they are likely to be
//! the best. A floor keeps every arm from starving.

mod best_arm;
mod posterior;
mod sample;
mod slot;

pub use best_arm::{best_arm_probabilities, with_floor};
pub use posterior::Posterior;
pub use slot::{Choice, Slot, SlotArm, SlotState, Tally};
