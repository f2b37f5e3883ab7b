//! Arms that stick: who was given an arm keeps it although the experiment's weights change.

use alloc::string::String;

use serde::Serialize;

use crate::domain::{FromValue, Map, Source, ValueError, read_fields};
use crate::rules::NumberText;

/// The arms one unit was given.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StickyDocument {
    /// The attribute that names the unit: `id`, `deviceId`, ...
    pub attribute_name: String,
    /// Its value.
    pub attribute_value: String,
    /// `<experiment>__<bucket version>` to the arm's key.
    pub assignments: Map<String, String>,
}

read_fields!(StickyDocument: attribute_name(required), attribute_value(required), assignments(required));

impl StickyDocument {
    /// The name under which the document is kept: `<attribute>||<value>`.
    pub fn key(&self) -> String {
        document_key(&self.attribute_name, &self.attribute_value)
    }
}

/// Documents by their keys.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct StickyBuckets {
    documents: Map<String, StickyDocument>,
}

impl FromValue<'_> for StickyBuckets {
    fn blank() -> Self {
        Self::default()
    }

    fn fill(&mut self, source: Source<'_>) -> Result<(), ValueError> {
        self.documents.fill(source)
    }
}

impl StickyBuckets {
    /// Takes in a document, in place of one with the same key.
    pub fn insert(&mut self, document: StickyDocument) {
        self.documents.insert(document.key(), document);
    }

    /// The document called `key`.
    pub fn get(&self, key: &str) -> Option<&StickyDocument> {
        self.documents.get(key)
    }

    /// The document called `key`, made by `document` where there is none.
    pub(super) fn get_or_insert_with(&mut self, key: String, document: impl FnOnce() -> StickyDocument) -> Option<&mut StickyDocument> {
        self.documents.get_or_insert_with(key, document)
    }

    /// All documents, by ascending key.
    pub fn iter(&self) -> impl Iterator<Item = &StickyDocument> {
        self.documents.values()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.documents.is_empty()
    }
}

impl FromIterator<StickyDocument> for StickyBuckets {
    fn from_iter<T: IntoIterator<Item = StickyDocument>>(documents: T) -> Self {
        StickyBuckets { documents: documents.into_iter().map(|document| (document.key(), document)).collect() }
    }
}

pub(super) fn document_key(attribute: &str, value: &str) -> String {
    [attribute, "||", value].concat()
}

pub(super) fn assignment_key(experiment: &str, version: f64) -> String {
    [experiment, "__", NumberText::of(version).as_str()].concat()
}

/// Whether a document holds an assignment of `experiment` under a bucket version below `minimum`.
pub(super) fn is_blocked(document: &StickyDocument, experiment: &str, minimum: f64) -> bool {
    let version = |key: &str| {
        let version = key.strip_prefix(experiment)?.strip_prefix("__")?;
        version.parse::<u32>().ok().map(f64::from).filter(|number| NumberText::of(*number).as_str() == version)
    };
    document.assignments.keys().any(|key| version(key).is_some_and(|version| version < minimum))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lower_versions_of_the_same_experiment_block() {
        let document = |key: &str| StickyDocument { assignments: Map::from([(key.into(), "1".into())]), ..StickyDocument::default() };
        for key in ["exp__3", "exp__02", "exp__-1", "exp__x", "other__0", "exp_0", "exp2__0"] {
            assert!(!is_blocked(&document(key), "exp", 3.0), "{key}");
        }
        assert!(is_blocked(&document("exp__2"), "exp", 3.0));
    }
}
