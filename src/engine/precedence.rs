//! What wins where an offer of a partner and one's own can't be used together.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::Engine;
use crate::domain::{Arrange, Listed, Reason};
use crate::loyalty::{Partner, Precedence};
use crate::offers::{Quote, QuoteInput, Selection, quote};
use crate::snapshot::Snapshot;

impl Engine {
    /// `best`, the cheapest price of the cart, or the one that a partner's declared precedence makes, where it is another: the
    /// offers that go first are then applied first, of these the one that saves most alone before others, and the rest as
    /// far as they go with them. A note says so.
    ///
    /// | code | facts |
    /// |---|---|
    /// | `partner-precedence`, `own-precedence` | `partner` |
    pub(super) fn with_precedence(&self, snapshot: &Snapshot, input: &QuoteInput<'_>, best: Quote) -> Quote {
        let mine = snapshot.programme().partners.iter().filter(|partner| partner.when.matches(input.request));
        mine.fold(best, |best, partner| {
            let Some((order, code)) = order_by(partner, &best) else { return best };
            let input = QuoteInput { selection: Selection::Listed(&order), ..input.clone() };
            let mut by_order = quote(snapshot.offers(), &input);
            by_order.notes.push(Reason::new(code).with("partner", partner.id.as_str()));
            by_order
        })
    }
}

/// The order in which offers are applied by the partner's precedence, where `best` goes against it.
fn order_by(partner: &Partner, best: &Quote) -> Option<(Vec<String>, &'static str)> {
    let theirs = |offer: &str| partner.offers.iter().any(|known| known == offer);
    let (theirs_first, code) = match partner.precedence {
        Precedence::Best => return None,
        Precedence::Partner => (true, "partner-precedence"),
        Precedence::Own => (false, "own-precedence"),
    };
    let goes_first = |offer: &str| theirs(offer) == theirs_first;
    // What could have been had and gave way, by what it would have saved.
    let mut gave_way: Vec<_> = best.rejected.iter().filter(|rejected| rejected.would_save.is_some_and(|saving| saving > 0)).listed();
    gave_way.arrange_by_key(|rejected| core::cmp::Reverse(rejected.would_save));
    let wronged = gave_way.iter().any(|rejected| goes_first(&rejected.offer));
    if !wronged || best.applied.iter().all(|applied| goes_first(&applied.offer)) {
        return None;
    }
    let applied = || best.applied.iter().map(|applied| applied.offer.as_str());
    let others = || gave_way.iter().map(|rejected| rejected.offer.as_str());
    let first = applied().chain(others()).filter(|offer| goes_first(offer));
    let rest = applied().chain(others()).filter(|offer| !goes_first(offer));
    Some((first.chain(rest).map(ToString::to_string).listed(), code))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::from_value;

    use crate::engine::testing::{shop, value};

    /// The offers applied to a cart of 100.00, and the notes, where the bank's offer of 10.00 and the shop's own can't go
    /// together.
    fn applied(precedence: &str, own: i64, cards: &str) -> (Vec<String>, Vec<String>) {
        let catalog = alloc::format!(
            r#"{{"format": 1, "id": "c", "version": 1, "issuedAt": 0, "currency": {{"code": "CNY"}}, "items": [{{"id": "a", "price": 10000}}],
                "offers": [{{"id": "bank-10", "exclusive": true, "effects": [{{"kind": "amount", "on": "order", "amount": 1000}}]}},
                           {{"id": "own", "effects": [{{"kind": "amount", "on": "order", "amount": {own}}}]}}],
                "programme": {{"id": "club", "partners": [{{"id": "bank", "when": {{"member.cards": {{"$in": ["bank"]}}}}, "offers": ["bank-10"], "precedence": "{precedence}"}}]}}}}"#
        );
        let mut engine = shop(&catalog);
        engine.load_member(&value(&alloc::format!(r#"{{"id": "m", "attributes": {{"cards": [{cards}]}}}}"#)), 0).unwrap();
        let quote = engine.quote(&from_value(&value(r#"{"lines": [{"item": "a", "quantity": 1}]}"#)).unwrap(), 0).unwrap();
        let ids = quote.applied.into_iter().map(|applied| applied.offer).collect();
        (ids, quote.notes.into_iter().map(|note| note.code.into_owned()).collect())
    }

    #[test]
    fn the_declared_precedence_decides_a_conflict() {
        let none = Vec::new;
        let one = |text: &str| alloc::vec![String::from(text)];
        assert_eq!(applied("best", 1500, "\"bank\""), (one("own"), none()));
        assert_eq!(applied("partner", 1500, "\"bank\""), (one("bank-10"), one("partner-precedence")));
        assert_eq!(applied("partner", 500, "\"bank\""), (one("bank-10"), none()));
        assert_eq!(applied("own", 500, "\"bank\""), (one("own"), one("own-precedence")));
        assert_eq!(applied("partner", 1500, ""), (one("own"), none()), "not a member of the partner's");
    }
}
