//! Wire forms to the forms that requests run on.

pub mod items;
pub mod terms;
pub mod texts;
