//! From a JSON object to a condition.

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;

use super::super::coercion::lowered;
use super::super::group::Group;
use super::super::regex::{Shape, shape};
use super::super::{AttributeId, AttributeTable, Kind, NumberText, Problem, ProblemKind, RegexEngine, SavedGroups, ValueRef};
use super::evaluate::{number_of, with_version};
use super::{Comparison, Condition, Node, Pattern, Set, Test};
use crate::domain::{Listed, Map, Value};

/// Conditions nested deeper are disabled.
const DEEPEST: usize = 64;
/// Conditions of more tests are disabled.
const MOST_TESTS: usize = 10_000;
/// No more problems than this are listed.
const MOST_PROBLEMS: usize = 100;

/// What a condition may refer to.
#[derive(Clone, Copy)]
pub struct RuleContext<'a> {
    /// Makes its regular expressions.
    pub regex: &'a dyn RegexEngine,
    /// Saved groups.
    pub groups: Option<&'a SavedGroups>,
}

impl<'a> RuleContext<'a> {
    /// Without saved groups.
    pub fn new(regex: &'a dyn RegexEngine) -> Self {
        RuleContext { regex, groups: None }
    }

    /// With saved groups.
    #[must_use]
    pub fn with_groups(self, groups: &'a SavedGroups) -> Self {
        RuleContext { groups: Some(groups), ..self }
    }
}

impl Condition {
    /// Compiles `wire`. It never fails: [`Condition::problems`] lists what is wrong, and [`ProblemKind`] says what becomes
    /// of it.
    pub fn compile(wire: &Value, table: &mut AttributeTable, context: &RuleContext<'_>) -> Condition {
        let mut compiler = Compiler { context, path: Vec::new(), problems: Vec::new(), tests: 0, groups: Vec::new(), disabled: false };
        let mut names = Names::Request(table, Map::new());
        let node = compiler.condition(wire, &mut names, 0);
        let Names::Request(_, attributes) = names else { return Condition::default() };
        Condition {
            node: if compiler.disabled { Node::Never } else { node },
            attributes: attributes.keys().copied().collect(),
            problems: compiler.problems,
        }
    }
}

/// What the names in a condition stand for.
enum Names<'t> {
    /// Attributes of the request.
    Request(&'t mut AttributeTable, Map<AttributeId, ()>),
    /// Paths inside an element of a list.
    Element(Vec<Box<str>>),
}

impl Names<'_> {
    fn intern(&mut self, path: &str) -> AttributeId {
        match self {
            Names::Request(table, used) => {
                let id = table.intern(path);
                used.insert(id, ());
                id
            }
            Names::Element(paths) => {
                let place = paths.iter().position(|known| &**known == path).unwrap_or_else(|| {
                    paths.push(path.into());
                    paths.len().saturating_sub(1)
                });
                AttributeId(u32::try_from(place).unwrap_or(u32::MAX))
            }
        }
    }
}

enum Step<'v> {
    Key(&'v str),
    Index(usize),
}

struct Compiler<'v> {
    context: &'v RuleContext<'v>,
    path: Vec<Step<'v>>,
    problems: Vec<Problem>,
    tests: usize,
    /// Names of the groups being compiled.
    groups: Vec<&'v str>,
    disabled: bool,
}

impl<'v> Compiler<'v> {
    fn condition(&mut self, wire: &'v Value, names: &mut Names<'_>, depth: usize) -> Node {
        let entries = match wire {
            Value::Object(entries) => entries,
            // As in JavaScript, where these have no entries.
            Value::Number(_) | Value::Bool(_) => {
                self.report(ProblemKind::WrongArgument);
                return Node::All(Box::default());
            }
            _ => return self.disable(ProblemKind::NotAnObject),
        };
        if !self.may_go_on(entries.len(), depth) {
            return Node::Never;
        }
        let deeper = depth.saturating_add(1);
        let mut nodes = Vec::with_capacity(entries.len());
        for (key, argument) in last_of_each(entries) {
            self.path.push(Step::Key(key));
            nodes.push(match key {
                "$and" => Node::All(self.conditions(argument, names, deeper)),
                "$or" | "$nor" => {
                    let children = self.conditions(argument, names, deeper);
                    let any = if children.is_empty() { Node::All(children) } else { Node::Any(children) };
                    if key == "$or" { any } else { Node::Not(Box::new(any)) }
                }
                "$not" => Node::Not(Box::new(self.condition(argument, names, deeper))),
                "$savedGroup" => self.saved_group(argument, names, deeper),
                _ => {
                    if key.starts_with('$') && key != "$groups" {
                        self.report(ProblemKind::UnknownKeyword);
                    }
                    Node::Test(names.intern(key), self.test(argument, false, deeper))
                }
            });
            self.path.pop();
        }
        match <[Node; 1]>::try_from(nodes) {
            Ok([only]) => only,
            Err(nodes) => Node::All(nodes.into()),
        }
    }

    fn conditions(&mut self, argument: &'v Value, names: &mut Names<'_>, depth: usize) -> Box<[Node]> {
        let list = match argument {
            Value::Array(list) => list,
            Value::Null | Value::String(_) => {
                self.disable(ProblemKind::NotAnObject);
                return Box::default();
            }
            _ => {
                self.report(ProblemKind::NotAList);
                return Box::default();
            }
        };
        if !self.may_go_on(list.len(), depth) {
            return Box::default();
        }
        let one = |(index, wire)| self.at(Step::Index(index), |compiler| compiler.condition(wire, names, depth.saturating_add(1)));
        list.iter().enumerate().map(one).collect()
    }

    fn saved_group(&mut self, reference: &'v Value, names: &mut Names<'_>, depth: usize) -> Node {
        let attribute = reference.get("attributeKey");
        let Some(name) = reference.get("id").and_then(Value::as_str).filter(|_| attribute.is_none_or(|key| key.as_str().is_some())) else {
            self.report(ProblemKind::WrongArgument);
            return Node::Never;
        };
        if self.groups.contains(&name) {
            self.report(ProblemKind::CyclicGroup);
            return Node::Never;
        }
        match self.context.groups.and_then(|groups| groups.get(name)) {
            Some(Group::List { attribute: own, values }) => {
                if let Some(key) = attribute.and_then(Value::as_str).or(own.as_deref()) {
                    return Node::Test(names.intern(key), Test::In(values.clone()));
                }
                self.report(ProblemKind::UnusableGroup);
            }
            Some(Group::Condition(condition)) => {
                self.groups.push(name);
                let node = self.condition(condition, names, depth);
                self.groups.pop();
                return node;
            }
            Some(Group::Bare(_) | Group::Unusable) => self.report(ProblemKind::UnusableGroup),
            None => self.report(ProblemKind::UnknownGroup),
        }
        Node::Never
    }

    fn test(&mut self, wire: &'v Value, fold: bool, depth: usize) -> Test {
        match wire {
            Value::String(text) if fold => Test::FoldedText(lowered(text).into()),
            Value::String(text) => Test::Text(text.as_str().into()),
            Value::Number(number) => Test::Number(*number),
            Value::Bool(flag) => Test::Flag(*flag),
            Value::Null => Test::Same(Value::Null),
            Value::Object(entries) if is_operators(entries) => {
                if !self.may_go_on(entries.len(), depth) {
                    return Test::Never;
                }
                let one = |(operator, argument)| {
                    self.at(Step::Key(operator), |compiler| compiler.operator(operator, argument, depth.saturating_add(1)))
                };
                let tests: Vec<Test> = last_of_each(entries).into_iter().map(one).listed();
                match <[Test; 1]>::try_from(tests) {
                    Ok([only]) => only,
                    Err(tests) => Test::All(tests.into()),
                }
            }
            Value::Array(_) | Value::Object(_) => {
                if !is_deeper(wire, DEEPEST.saturating_sub(depth)) {
                    return Test::Json(wire.clone());
                }
                self.disable(ProblemKind::TooDeep);
                Test::Never
            }
        }
    }

    fn operator(&mut self, operator: &'v str, argument: &'v Value, depth: usize) -> Test {
        let not = |test: Test| match test {
            Test::Never => Test::Never,
            test => Test::Not(Box::new(test)),
        };
        let compare = |comparison| Test::Compare(comparison, argument.clone(), number_of(argument));
        let version = |comparison| Test::Version(comparison, with_version(argument.into(), |text| text.into()));
        match operator {
            "$eq" => Test::Same(scalar(argument)),
            "$ne" => Test::Not(Box::new(Test::Same(scalar(argument)))),
            "$lt" => compare(Comparison::Less),
            "$lte" => compare(Comparison::AtMost),
            "$gt" => compare(Comparison::Greater),
            "$gte" => compare(Comparison::AtLeast),
            "$veq" => version(Comparison::Equal),
            "$vne" => not(version(Comparison::Equal)),
            "$vlt" => version(Comparison::Less),
            "$vlte" => version(Comparison::AtMost),
            "$vgt" => version(Comparison::Greater),
            "$vgte" => version(Comparison::AtLeast),
            "$exists" => Test::Exists(ValueRef::from(argument).is_truthy()),
            "$in" => self.set(argument, false),
            "$nin" => not(self.set(argument, false)),
            "$ini" => self.set(argument, true),
            "$nini" => not(self.set(argument, true)),
            "$inGroup" => self.group(argument),
            "$notInGroup" => not(self.group(argument)),
            "$not" => Test::Not(Box::new(self.test(argument, false, depth))),
            "$size" => Test::Size(Box::new(self.test(argument, false, depth))),
            "$elemMatch" => self.element(argument, depth),
            "$all" => self.every(argument, false, depth),
            "$alli" => self.every(argument, true, depth),
            "$regex" => self.regex(argument, false),
            "$regexi" => self.regex(argument, true),
            // Two operators that the specification lacks and its Rust port has.
            "$notRegex" => not(self.regex(argument, false)),
            "$notRegexi" => not(self.regex(argument, true)),
            "$type" => match argument.as_str().and_then(Kind::named) {
                Some(kind) => Test::Kind(kind),
                None => self.never(ProblemKind::WrongArgument),
            },
            _ => self.never(ProblemKind::UnknownOperator),
        }
    }

    fn set(&mut self, argument: &Value, fold: bool) -> Test {
        match argument.as_array() {
            Some(values) if fold => Test::InFolded(Rc::new(Set::folded(values))),
            Some(values) => Test::In(Rc::new(Set::new(values))),
            None => self.never(ProblemKind::WrongArgument),
        }
    }

    fn group(&mut self, argument: &Value) -> Test {
        let group = self.context.groups.and_then(|groups| ValueRef::from(argument).with_text(|name| groups.get(name)));
        match group {
            Some(Group::List { values, .. } | Group::Bare(values)) => Test::In(values.clone()),
            Some(Group::Condition(_) | Group::Unusable) => self.never(ProblemKind::UnusableGroup),
            None => {
                self.report(ProblemKind::UnknownGroup);
                Test::In(Rc::default())
            }
        }
    }

    fn element(&mut self, argument: &'v Value, depth: usize) -> Test {
        if argument.as_object().is_some_and(is_operators) {
            return Test::Element(Box::new(self.test(argument, false, depth)));
        }
        let mut names = Names::Element(Vec::new());
        let node = self.condition(argument, &mut names, depth);
        let Names::Element(paths) = names else { return Test::Never };
        Test::ElementObject(Box::new(node), paths.into())
    }

    fn every(&mut self, argument: &'v Value, fold: bool, depth: usize) -> Test {
        let Some(list) = argument.as_array() else { return self.never(ProblemKind::WrongArgument) };
        if !self.may_go_on(list.len(), depth) {
            return Test::Never;
        }
        let one = |(index, wire)| self.at(Step::Index(index), |compiler| compiler.test(wire, fold, depth.saturating_add(1)));
        Test::Every(list.iter().enumerate().map(one).collect())
    }

    fn regex(&mut self, argument: &Value, ignore_case: bool) -> Test {
        let Some(pattern) = argument.as_str() else { return self.never(ProblemKind::WrongArgument) };
        match shape(pattern) {
            Shape::TooBig => return self.never(ProblemKind::InvalidRegex),
            Shape::NestedRepetition => self.report(ProblemKind::RegexMayBacktrack),
            Shape::Plain => {}
        }
        match self.context.regex.compile(pattern, ignore_case) {
            Some(regex) => Test::Regex(Pattern { source: argument.clone(), regex: regex.into() }),
            None => self.never(ProblemKind::InvalidRegex),
        }
    }

    fn at<R>(&mut self, step: Step<'v>, compile: impl FnOnce(&mut Self) -> R) -> R {
        self.path.push(step);
        let result = compile(self);
        self.path.pop();
        result
    }

    /// Counts tests and depth against their limits.
    fn may_go_on(&mut self, tests: usize, depth: usize) -> bool {
        self.tests = self.tests.saturating_add(tests);
        if depth > DEEPEST {
            self.disable(ProblemKind::TooDeep);
        } else if self.tests > MOST_TESTS {
            self.disable(ProblemKind::TooLarge);
        }
        !self.disabled
    }

    fn disable(&mut self, kind: ProblemKind) -> Node {
        self.disabled = true;
        self.report(kind);
        Node::Never
    }

    fn never(&mut self, kind: ProblemKind) -> Test {
        self.report(kind);
        Test::Never
    }

    fn report(&mut self, kind: ProblemKind) {
        if self.problems.len() >= MOST_PROBLEMS {
            return;
        }
        let mut path = String::new();
        for step in &self.path {
            match step {
                Step::Key(key) => {
                    if !path.is_empty() {
                        path.push('.');
                    }
                    path.push_str(key);
                }
                Step::Index(index) => {
                    path.push('[');
                    #[allow(clippy::cast_precision_loss)] // far below 2^53
                    path.push_str(NumberText::of(*index as f64).as_str());
                    path.push(']');
                }
            }
        }
        self.problems.push(Problem { path, kind });
    }
}

/// Whether an object holds operators: it has keys, and all begin with `$`.
fn is_operators(entries: &[(String, Value)]) -> bool {
    !entries.is_empty() && entries.iter().all(|(key, _)| key.starts_with('$'))
}

/// Of entries with equal keys the last.
fn last_of_each(entries: &[(String, Value)]) -> Vec<(&str, &Value)> {
    let mut seen = Map::new();
    let mut kept: Vec<(&str, &Value)> =
        entries.iter().rev().filter(|(key, _)| seen.insert(key.as_str(), ()).is_none()).map(|(key, value)| (key.as_str(), value)).listed();
    kept.reverse();
    kept
}

/// What `===` can compare: lists and objects are equal to nothing, as is NaN.
fn scalar(argument: &Value) -> Value {
    match argument {
        Value::Array(_) | Value::Object(_) => Value::Number(f64::NAN),
        scalar => scalar.clone(),
    }
}

fn is_deeper(value: &Value, than: usize) -> bool {
    let Some(left) = than.checked_sub(1) else { return true };
    match value {
        Value::Array(elements) => elements.iter().any(|element| is_deeper(element, left)),
        Value::Object(entries) => entries.iter().any(|(_, value)| is_deeper(value, left)),
        _ => false,
    }
}
