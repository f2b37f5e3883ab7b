//! What changed from one snapshot to the next, so that a device need not fetch the whole.
//!
//! A delta is a file with the snapshot's kind of header (kind 2, the version it leads to), signed likewise. Its body:
//!
//! | bytes | holds |
//! |---|---|
//! | 0..32 | the digest of the snapshot it starts from |
//! | 32..224 | the header of the snapshot it leads to |
//! | 224..228 | count of copies |
//! | 228..232 | count of seals |
//! | 232..236 | count of patches |
//! | 236..240 | zero |
//! | then, 12 bytes each | copies: place in the new file, place in the old file, length |
//! | then, 16 bytes each | seals: place of a column in the new file, its length, XXH64 of its bytes |
//! | then | patches: gap from the end of the patch before, length, the bytes; both counts as LEB128 |
//!
//! The new file is its header, zeros, the copies, and the patches over them: byte for byte the file that `regulars pack`
//! wrote, so what was updated can be stored and is checked at the next load like any other, signature and all. Where only
//! prices, stock and the head changed, the layout is the same and the columns in use are replaced at once; then the seals
//! tell whether the result is the promised one, and hashing the whole file can wait.

mod apply;
mod read;
mod source;
#[cfg(not(target_arch = "wasm32"))]
mod write;

pub use apply::{apply, patched};
pub use read::Delta;
pub use source::Source;
#[cfg(not(target_arch = "wasm32"))]
pub use write::delta;
