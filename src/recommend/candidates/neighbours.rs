//! Neighbours of the items from which this request starts.

use alloc::vec::Vec;

use crate::domain::{AddAll, Item};
use crate::recommend::Knowledge;
use crate::recommend::evidence::EvidenceTable;
use crate::recommend::part::{Part, Parts};
use crate::recommend::pulls::Bond;

/// Lets each anchor speak for its neighbours, with its strength times how near they are. An anchor does not speak for
/// itself.
pub(in crate::recommend) fn gather(anchors: &[(Item, f64)], knowledge: &Knowledge, strengths: &Parts, table: &mut EvidenceTable) {
    for (part, bond, neighbours) in [
        (Part::Together, Bond::Together, &knowledge.bought_together),
        (Part::Sequence, Bond::Sequence, &knowledge.in_sequence),
        (Part::Similar, Bond::Similar, &knowledge.similar),
    ] {
        if part.of(strengths) > 0.0 {
            table.pulls.gather(bond, anchors, neighbours, knowledge);
        }
    }
}

/// The anchors: `given` with strength 1 each; with `history`, also what was looked at and what was bought, as strong as
/// the session and the frequency say.
pub(in crate::recommend) fn anchors(given: &[Item], history: bool, session: f64, table: &EvidenceTable, anchors: &mut Vec<(Item, f64)>) {
    anchors.clear();
    anchors.add_all(given.iter().map(|item| (*item, 1.0)));
    if history {
        let strength =
            |(item, evidence): &(Item, crate::recommend::evidence::Evidence)| (*item, evidence.frequency + session * evidence.session);
        anchors.add_all(table.rows().iter().map(strength).filter(|(item, strength)| *strength > 0.0 && !given.contains(item)));
    }
}
