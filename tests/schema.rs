//! The published JSON Schema and the readers know the same fields, the same ones required, the same choices.
#![cfg(feature = "schema")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects, clippy::panic)]

use std::collections::BTreeSet;

use regulars::domain::{FromValue, Member, Value, ValueError, from_value};
use regulars::engine::{
    ExperimentRequest, GrowthRequest, MembershipRequest, NextActionsRequest, OffersRequest, PortraitRequest, PrivacySettings, ProfileHead,
    QuoteRequest, RecommendRequest, ReturnedLine, StoresRequest,
};
use regulars::snapshot::wire::catalog::{HeadWire, ItemWire};
use regulars::snapshot::wire::knowledge::KnowledgeWire;
use regulars::snapshot::wire::offer::Offer;
use regulars::snapshot::wire::programme::Programme;
use regulars::snapshot::wire::segment::SegmentWire;
use regulars::snapshot::wire::stacking::Stacking;
use regulars::snapshot::wire::store::Store;
use schemars::JsonSchema;
use serde_json::Value as Json;

#[test]
fn schema_and_reader_agree() {
    agree::<HeadWire>(12);
    agree::<KnowledgeWire>(30);
    agree::<Programme>(150);
    agree::<Offer>(70);
    agree::<Stacking>(25);
    agree::<SegmentWire>(3);
    agree::<Member>(40);
    agree::<ProfileHead>(6);
    agree::<RecommendRequest>(12);
    agree::<OffersRequest>(8);
    agree::<QuoteRequest>(12);
    agree::<MembershipRequest>(4);
    agree::<GrowthRequest>(4);
    agree::<NextActionsRequest>(8);
    agree::<PortraitRequest>(1);
    agree::<ExperimentRequest>(5);
    agree::<PrivacySettings>(2);
    agree::<ReturnedLine>(2);
    agree::<StoresRequest>(9);
    agree::<Store>(10);
    agree_by::<ItemWire<'_>>(12, |value| from_value::<ItemWire<'_>>(value).err());
}

fn agree<T: JsonSchema + for<'v> FromValue<'v>>(fields: usize) {
    agree_by::<T>(fields, |value| from_value::<T>(value).err());
}

fn agree_by<T: JsonSchema>(fields: usize, failure: fn(&Value) -> Option<ValueError>) {
    let root = serde_json::to_value(schemars::schema_for!(T)).unwrap();
    let mut walk = Walk { root: &root, failure, seen: BTreeSet::new(), fields: 0 };
    walk.object(&root, &[]);
    assert!(walk.fields >= fields, "{}: {} fields only", T::schema_name(), walk.fields);
}

/// How a place is reached from the root.
#[derive(Clone)]
enum Step {
    /// A field, of an object that has these others.
    Field(Vec<(String, Value)>, String),
    /// The one element of a list.
    Element,
    /// An entry of a map.
    Entry,
}

struct Walk<'a> {
    root: &'a Json,
    failure: fn(&Value) -> Option<ValueError>,
    seen: BTreeSet<String>,
    fields: usize,
}

impl Walk<'_> {
    fn resolved<'s>(&'s self, schema: &'s Json) -> &'s Json {
        match schema["$ref"].as_str() {
            Some(path) => self.root.pointer(path.trim_start_matches('#')).unwrap(),
            None => schema,
        }
    }

    /// Checks the fields of an object that lies where `way` leads.
    fn object(&mut self, schema: &Json, way: &[Step]) {
        let Some(properties) = schema["properties"].as_object().cloned() else { return };
        let least = self.least(schema);
        assert_eq!(self.read(way, Value::Object(least.clone())), None, "only what is required");
        for (name, property) in &properties {
            self.fields += 1;
            let others: Vec<(String, Value)> = least.iter().filter(|(key, _)| key != name).cloned().collect();
            let with = |values: Vec<Value>| {
                let more = values.into_iter().map(|value| (name.clone(), value));
                Value::Object(others.iter().cloned().chain(more).collect())
            };
            let samples = self.samples(property);
            for sample in &samples {
                assert_eq!(self.read(way, with(vec![sample.clone()])), None, "{name} as the schema says: {sample:?}");
            }
            let twice = self.read(way, with(vec![samples[0].clone(), samples[0].clone()]));
            assert_eq!(twice, Some(format!("{} is written twice", path(way, name))), "{name} is not read");
            if least.len() > others.len() {
                assert_eq!(self.read(way, with(vec![])), Some(format!("{} is missing", path(way, name))), "{name} is required");
            }
            let mut further = way.to_vec();
            further.push(Step::Field(others, name.clone()));
            self.inside(property, &further);
        }
    }

    /// Checks the objects that a value of `schema` may hold.
    fn inside(&mut self, schema: &Json, way: &[Step]) {
        if let Some(path) = schema["$ref"].as_str()
            && !self.seen.insert(path.into())
        {
            return;
        }
        let schema = self.resolved(schema).clone();
        let onwards = |step: Step| [way, &[step]].concat();
        self.object(&schema, way);
        if schema["items"].is_object() {
            self.inside(&schema["items"], &onwards(Step::Element));
        }
        if schema["additionalProperties"].is_object() {
            self.inside(&schema["additionalProperties"], &onwards(Step::Entry));
        }
        for choice in schema["anyOf"].as_array().into_iter().flatten() {
            self.inside(choice, way);
        }
    }

    /// What reading says of `value` where `way` leads.
    fn read(&self, way: &[Step], value: Value) -> Option<String> {
        let whole = way.iter().rev().fold(value, |value, step| match step {
            Step::Field(others, name) => Value::Object(others.iter().cloned().chain([(name.clone(), value)]).collect()),
            Step::Element => Value::Array(vec![value]),
            Step::Entry => Value::Object(vec![("key".into(), value)]),
        });
        (self.failure)(&whole).map(|error| error.to_string())
    }

    /// The fields that an object must have.
    fn least(&self, schema: &Json) -> Vec<(String, Value)> {
        let required = schema["required"].as_array().into_iter().flatten();
        required
            .map(|name| {
                let name = name.as_str().unwrap();
                (name.to_owned(), self.samples(&schema["properties"][name]).remove(0))
            })
            .collect()
    }

    /// Values that `schema` allows: each choice, each type, and `null` where it may be.
    fn samples(&self, schema: &Json) -> Vec<Value> {
        let schema = self.resolved(schema);
        let text = |json: &Json| Value::from(json.as_str().unwrap());
        if let Some(only) = schema.get("const") {
            return vec![text(only)];
        }
        if let Some(choices) = schema["enum"].as_array() {
            return choices.iter().map(|choice| if choice.is_null() { Value::Null } else { text(choice) }).collect();
        }
        for choices in ["oneOf", "anyOf"] {
            if let Some(choices) = schema[choices].as_array() {
                return choices.iter().flat_map(|choice| self.samples(choice)).collect();
            }
        }
        let types = match &schema["type"] {
            Json::Array(types) => types.iter().map(|name| name.as_str().unwrap()).collect(),
            Json::String(name) => vec![name.as_str()],
            _ => return vec![Value::Bool(true), Value::Object(vec![])],
        };
        let sample = |name: &str| match name {
            "null" => Value::Null,
            "boolean" => Value::Bool(true),
            "integer" => Value::Number(1.0),
            "number" => Value::Number(0.5),
            "string" => "x".into(),
            "array" => Value::Array(match schema["prefixItems"].as_array() {
                Some(items) => items.iter().map(|item| self.samples(item).remove(0)).collect(),
                None => self.samples(&schema["items"]),
            }),
            "object" => Value::Object(self.least(schema)),
            other => panic!("a type of which nothing is known: {other}"),
        };
        types.into_iter().map(sample).collect()
    }
}

/// The place as errors name it.
fn path(way: &[Step], name: &str) -> String {
    let mut path = String::new();
    for step in way {
        match step {
            Step::Field(_, name) => path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") },
            Step::Element => path += "[0]",
            Step::Entry => path += ".key",
        }
    }
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}
