//! **regulars**: know your regulars, on their own device.
//!
//! One engine answers, from a catalog snapshot and a member profile, what to recommend and why, which tier, points and
//! benefits a member has, which offers apply to a cart and at what price, and which experiment arm to show. It runs in
//! a browser as WebAssembly and natively on the retailer's server, and gives the same answers in each.
//!
//! The map, from the bottom up; a module uses only those above it in this list, and the four in the middle never use
//! each other (`tests/layering.rs` checks it):
//!
//! | module | holds |
//! |---|---|
//! | [`domain`] | values, time, reasons, the catalog's columns, the member |
//! | [`rules`] | the one condition language, over named attributes |
//! | [`loyalty`] | tiers, points, membership |
//! | [`offers`] | eligibility, discounts, stacking, allocation, quotes |
//! | [`experiments`] | features, bucketing, holdouts, exposures |
//! | [`recommend`] | candidates, scoring, reranking |
//! | [`snapshot`] | the wire form, the binary container, signatures, compilation |
//! | [`engine`] | one handle that combines them, with what happened on this device |
//! | `bindings` | the JavaScript surface (WebAssembly only) |
// In the WebAssembly build, which is made for size, what every item of the catalog goes through is made for speed.
#![cfg_attr(regulars_fast, feature(optimize_attribute))]
#![cfg_attr(test, allow(clippy::arithmetic_side_effects))]

extern crate alloc;

#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
pub mod bindings;
pub mod domain;
pub mod engine;
pub mod experiments;
pub mod loyalty;
pub mod offers;
pub mod recommend;
pub mod rules;
pub mod snapshot;

// The README's Rust example runs with the documentation tests.
#[cfg(all(doctest, feature = "json"))]
#[doc = include_str!("../README.md")]
struct Readme;
