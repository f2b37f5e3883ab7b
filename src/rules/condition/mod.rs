//! A condition, compiled.

mod compile;
mod evaluate;
mod set;
mod unmet;

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cmp::Ordering;
use core::fmt;

pub use compile::RuleContext;
pub(super) use set::Set;
pub use unmet::{Need, Operator, Unmet};

use super::regex::Regex;
use super::{AttributeId, AttributeSource, Kind, Problem};
use crate::domain::{AddAll, Listed, Value};

/// A compiled condition. See the [module](super) for the language.
///
/// Cloning it is a deep copy, save for the lists of saved groups and for regular expressions, which are shared.
#[derive(Clone, Debug)]
pub struct Condition {
    node: Node,
    attributes: Box<[AttributeId]>,
    problems: Vec<Problem>,
}

impl Default for Condition {
    /// The empty condition, which always matches.
    fn default() -> Self {
        Condition { node: Node::All(Box::default()), attributes: Box::default(), problems: Vec::new() }
    }
}

impl Condition {
    /// Whether the attributes fulfil the condition. Allocates only to compare a list with a text, to lower-case a text
    /// that is not ASCII, and for regular expressions on such a text.
    pub fn matches(&self, source: &dyn AttributeSource) -> bool {
        self.node.holds(source)
    }

    /// Whether it matches whatever the attributes are because it asks for nothing.
    pub fn is_empty(&self) -> bool {
        matches!(&self.node, Node::All(children) if children.is_empty())
    }

    /// The attributes it reads, ascending.
    pub fn attributes(&self) -> &[AttributeId] {
        &self.attributes
    }

    /// What is wrong with it as it was written.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// What would have to be otherwise for it to match; empty where it matches.
    pub fn unmet<'a>(&'a self, source: &'a dyn AttributeSource) -> Vec<Unmet<'a>> {
        unmet::unmet(&self.node, source)
    }
}

/// A condition on attributes.
#[derive(Clone, Debug)]
enum Node {
    /// All hold; true where there is none.
    All(Box<[Node]>),
    /// One holds.
    Any(Box<[Node]>),
    /// It doesn't hold.
    Not(Box<Node>),
    /// Nobody.
    Never,
    /// An attribute passes a test.
    Test(AttributeId, Test),
}

/// A test on one value.
#[derive(Clone, Debug)]
enum Test {
    /// Its text is this one, or it is the number that has this text.
    Text(Box<str>),
    /// Its text is this one, whose case is lower, in whatever case.
    FoldedText(Box<str>),
    /// It is this number.
    Number(f64),
    /// It is there, and its truth is this.
    Flag(bool),
    /// It has this JSON text; never a scalar other than `null`.
    Json(Value),
    /// It is this scalar.
    Same(Value),
    /// It compares so with this, which is the number given.
    Compare(Comparison, Value, f64),
    /// It compares so with this version.
    Version(Comparison, Box<str>),
    /// It is there, or isn't.
    Exists(bool),
    /// It, or one of its elements, is among these.
    In(Rc<Set>),
    /// The same in whatever case; the texts are in lower case.
    InFolded(Rc<Set>),
    /// It is a list whose length passes.
    Size(Box<Test>),
    /// It is a list of which an element that is not `null` passes.
    Element(Box<Test>),
    /// It is a list of which an element that is not `null` fulfils a condition over the paths given.
    ElementObject(Box<Node>, Rc<[Box<str>]>),
    /// It is a list, and each of these is passed by an element.
    Every(Box<[Test]>),
    /// Its text matches.
    Regex(Pattern),
    /// It is of this kind.
    Kind(Kind),
    /// It passes all.
    All(Box<[Test]>),
    /// It doesn't pass.
    Not(Box<Test>),
    /// Nothing passes.
    Never,
}

/// How a value has to compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Equal,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

impl Comparison {
    fn accepts(self, order: Ordering) -> bool {
        match self {
            Comparison::Equal => order.is_eq(),
            Comparison::Less => order.is_lt(),
            Comparison::AtMost => order.is_le(),
            Comparison::Greater => order.is_gt(),
            Comparison::AtLeast => order.is_ge(),
        }
    }
}

/// A regular expression with its source.
#[derive(Clone)]
struct Pattern {
    source: Value,
    regex: Rc<dyn Regex>,
}

impl fmt::Debug for Pattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.source.fmt(formatter)
    }
}

impl Condition {
    /// The texts that `attribute` is asked to be, or to have among its elements.
    pub fn texts_wanted_of(&self, attribute: AttributeId) -> Vec<&str> {
        let mut texts = Vec::new();
        self.node.texts_wanted_of(attribute, &mut texts);
        texts
    }

    /// Texts one of which `attribute`, where it is always a text, has to be for the condition to match; `None` where it may match
    /// whatever the text is.
    pub fn texts_needed_of(&self, attribute: AttributeId) -> Option<Vec<&str>> {
        self.node.texts_needed_of(attribute)
    }
}

impl Node {
    fn texts_wanted_of<'a>(&'a self, attribute: AttributeId, texts: &mut Vec<&'a str>) {
        match self {
            Node::All(children) | Node::Any(children) => children.iter().for_each(|child| child.texts_wanted_of(attribute, texts)),
            Node::Not(child) => child.texts_wanted_of(attribute, texts),
            Node::Test(tested, test) if *tested == attribute => test.texts_wanted(texts),
            Node::Test(..) | Node::Never => {}
        }
    }

    fn texts_needed_of(&self, attribute: AttributeId) -> Option<Vec<&str>> {
        match self {
            Node::All(children) => children.iter().find_map(|child| child.texts_needed_of(attribute)),
            Node::Test(tested, test) if *tested == attribute => test.texts_needed(),
            _ => None,
        }
    }
}

impl Test {
    fn texts_wanted<'a>(&'a self, texts: &mut Vec<&'a str>) {
        match self {
            Test::Text(text) => texts.push(text),
            Test::Same(Value::String(text)) => texts.push(text),
            Test::In(set) => texts.add_all(set.written().iter().filter_map(Value::as_str)),
            Test::Element(test) | Test::Not(test) => test.texts_wanted(texts),
            Test::Every(tests) | Test::All(tests) => tests.iter().for_each(|test| test.texts_wanted(texts)),
            _ => {}
        }
    }

    fn texts_needed(&self) -> Option<Vec<&str>> {
        match self {
            Test::Text(text) => Some(alloc::vec![text]),
            Test::Same(Value::String(text)) => Some(alloc::vec![text]),
            Test::In(set) => Some(set.written().iter().filter_map(Value::as_str).listed()),
            Test::All(tests) => tests.iter().find_map(Test::texts_needed),
            _ => None,
        }
    }
}
