//! What lies near the items from which a request starts.

use alloc::vec::Vec;

use super::{VectorQuery, Vectors};
use crate::domain::Item;
use crate::recommend::evidence::EvidenceTable;
use crate::recommend::pulls::Bond;
use crate::recommend::top_k::{Scored, TopK};

/// How many of the nearest are told, at least.
const NEAREST: usize = 100;

/// Tells of the items nearest to the anchors, all taken together by their strengths, that they are similar: as much as the
/// anchor that is nearest by its strength says. An anchor does not speak for itself.
pub(in crate::recommend) fn gather(
    anchors: &[(Item, f64)],
    vectors: &Vectors,
    limit: usize,
    query: &mut VectorQuery,
    top: &mut TopK,
    found: &mut Vec<Scored>,
    table: &mut EvidenceTable,
) {
    if vectors.is_empty() || anchors.is_empty() {
        return;
    }
    query.clear(vectors);
    for (anchor, strength) in anchors {
        query.add(vectors, *anchor, *strength);
    }
    query.ready();
    top.reset(limit.max(NEAREST).saturating_add(anchors.len()));
    vectors.nearest(query, None, top, found);
    let unit = f64::from(vectors.step) * f64::from(vectors.step);
    for scored in found.iter().filter(|scored| scored.score > 0.0) {
        let row = vectors.row(scored.item);
        let mut most: Option<(Item, f64)> = None;
        for (anchor, strength) in anchors.iter().filter(|(anchor, _)| *anchor != scored.item) {
            // Nothing is nearer than 1, so most anchors need no product.
            if *strength <= most.map_or(0.0, |(_, most)| most) {
                continue;
            }
            let product: i32 = row
                .iter()
                .zip(vectors.row(*anchor))
                .fold(0, |sum: i32, (one, other)| sum.wrapping_add(i32::from(*one).wrapping_mul(i32::from(*other))));
            let said = strength * (f64::from(product) * unit).min(1.0);
            if said > most.map_or(0.0, |(_, most)| most) {
                most = Some((*anchor, said));
            }
        }
        if let Some((anchor, said)) = most
            && let Some(pull) = table.pulls.entry(Bond::Similar, scored.item)
        {
            pull.add(anchor, said);
        }
    }
}
