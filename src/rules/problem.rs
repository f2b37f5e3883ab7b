//! What is wrong with a condition as it was written.

use alloc::string::String;

/// What is wrong at one place of a condition. The condition is usable nonetheless; [`ProblemKind`] says what it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where in the condition: `$and[1].cart.subtotal.$gtx`.
    pub path: String,
    /// What.
    pub kind: ProblemKind,
}

/// The kinds of [`Problem`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// No operator of that name: the test fails.
    UnknownOperator,
    /// A name that begins with `$` where an attribute should stand: it is looked up as an attribute.
    UnknownKeyword,
    /// An operator's argument is of the wrong kind: the test fails.
    WrongArgument,
    /// A list of conditions is no list: it counts as empty.
    NotAList,
    /// A condition is no object: the whole condition never matches.
    NotAnObject,
    /// The regular expression is not valid: the test fails.
    InvalidRegex,
    /// A repetition inside a repetition: some texts may take very long to test.
    RegexMayBacktrack,
    /// No saved group of that name: it counts as empty for `$inGroup` and `$notInGroup`, and fails as `$savedGroup`.
    UnknownGroup,
    /// The saved group can't be used here (malformed, unknown type, or a condition where a list is needed): the test
    /// fails.
    UnusableGroup,
    /// A saved group that refers to itself: the inner reference fails.
    CyclicGroup,
    /// A segment that no earlier segment defines: nobody is in it.
    UnknownSegment,
    /// Nested deeper than 64: the whole condition never matches.
    TooDeep,
    /// More than 10,000 tests: the whole condition never matches.
    TooLarge,
}

impl ProblemKind {
    /// A code for reasons and warnings.
    pub fn code(self) -> &'static str {
        match self {
            ProblemKind::UnknownOperator => "unknown-operator",
            ProblemKind::UnknownKeyword => "unknown-keyword",
            ProblemKind::WrongArgument => "wrong-argument",
            ProblemKind::NotAList => "not-a-list",
            ProblemKind::NotAnObject => "not-an-object",
            ProblemKind::InvalidRegex => "invalid-regex",
            ProblemKind::RegexMayBacktrack => "regex-may-backtrack",
            ProblemKind::UnknownGroup => "unknown-group",
            ProblemKind::UnusableGroup => "unusable-group",
            ProblemKind::CyclicGroup => "cyclic-group",
            ProblemKind::UnknownSegment => "unknown-segment",
            ProblemKind::TooDeep => "too-deep",
            ProblemKind::TooLarge => "too-large",
        }
    }

    /// Whether the whole condition never matches because of it.
    pub fn disables(self) -> bool {
        matches!(self, ProblemKind::NotAnObject | ProblemKind::TooDeep | ProblemKind::TooLarge)
    }
}
