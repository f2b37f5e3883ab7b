//! What builds without a capability hold in its place.
//!
//! It stays empty there, and nobody lets go of it, so that the code which would does not come into the module.

#[cfg(not(feature = "experiments"))]
pub use core::mem::ManuallyDrop as OfExperiments;
#[cfg(not(feature = "loyalty"))]
pub use core::mem::ManuallyDrop as OfLoyalty;
#[cfg(not(feature = "offers"))]
pub use core::mem::ManuallyDrop as OfOffers;

/// A part of experiments.
#[cfg(feature = "experiments")]
pub type OfExperiments<T> = T;
/// A part of loyalty.
#[cfg(feature = "loyalty")]
pub type OfLoyalty<T> = T;
/// A part of offers.
#[cfg(feature = "offers")]
pub type OfOffers<T> = T;
