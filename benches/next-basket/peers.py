#!/usr/bin/env python3
"""The field's two best neighbour methods for next baskets, tuned on a retailer's own baskets, to compare with.

  peers.py upcf|tifuknn|decay HISTORIES OUT   tunes on each member's last basket, then predicts from all
  peers.py compare TARGETS OURS PEER...                      paired gains of OURS over each, with 95 % intervals

UP-CF (Faggioli et al., 2020): user-wise popularity over the last R baskets, spread over neighbours by an asymmetric cosine
(A) raised to the power Q. TIFUKNN (Hu et al., 2020): baskets decayed within (W) and across (G) groups of M, mixed (ALPHA) with
the mean of the K nearest members. decay: each later basket leaves D of a purchase, and popularity counts P.
HISTORIES: {member: [[day, [item, ...]], ...]}, OUT: {member: [item, ...]}, TARGETS: {member: [day, [item, ...]]}.
Needs numpy and scipy.
"""
import itertools
import json
import sys
from pathlib import Path

import numpy as np
from scipy import sparse

CASES = 3000  # members that settings are chosen on
ROWS = 500  # members whose neighbours are looked for at a time


class Histories:
    def __init__(self, histories: dict):
        self.members = sorted(histories)
        self.items = sorted({item for baskets in histories.values() for _, items in baskets for item in items})
        place = {item: number for number, item in enumerate(self.items)}
        self.baskets = [[[place[item] for item in set(items)] for _, items in sorted(histories[member], key=lambda b: b[0])] for member in self.members]

    def matrix(self, worth) -> sparse.csr_matrix:
        """Rows of members; worth(count) gives what an item of each basket counts, oldest first."""
        rows, columns, values = [], [], []
        for row, baskets in enumerate(self.baskets):
            for basket, value in zip(baskets, worth(len(baskets))):
                if value > 0:
                    rows += [row] * len(basket)
                    columns += basket
                    values += [value] * len(basket)
        return sparse.csr_matrix((np.array(values, np.float32), (rows, columns)), (len(self.members), len(self.items)))


def decay(histories, rows, decay, popular):
    own = histories.matrix(lambda count: decay ** np.arange(count - 1, -1, -1))
    counts = np.asarray(histories.matrix(lambda count: np.ones(count)).sum(0)).ravel()
    popularity = (popular * counts / counts.max()).astype(np.float32)
    for chunk in chunks(rows):
        yield chunk, own[chunk].toarray() + popularity


def upcf(histories, rows, recent, alpha, power):
    def worth(count):
        kept = min(recent, count)
        return np.r_[np.zeros(count - kept), np.full(kept, 1 / kept)]

    popularity = histories.matrix(worth)
    bought = histories.matrix(lambda count: np.ones(count))
    bought.data[:] = 1
    sizes = np.asarray(bought.sum(1)).ravel()
    for chunk in chunks(rows):
        common = (bought[chunk] @ bought.T).toarray()
        likeness = common / (np.maximum(sizes[chunk], 1)[:, None] ** alpha * np.maximum(sizes, 1)[None, :] ** (1 - alpha))
        yield chunk, sparse.csr_matrix(likeness**power) @ popularity


def tifuknn(histories, rows, neighbours, within, across, alpha, size):
    def worth(count):
        groups = -(-count // size)
        ago = np.arange(count - 1, -1, -1)
        group, place = ago // size, ago % size
        members = np.minimum(size, count - group * size)
        return within**place / members * across**group / groups

    own = histories.matrix(worth)
    squares = np.asarray(own.multiply(own).sum(1)).ravel()
    for chunk in chunks(rows):
        distance = squares[None, :] - 2 * (own[chunk] @ own.T).toarray()
        distance[np.arange(len(chunk)), chunk] = np.inf
        most = min(neighbours, distance.shape[1] - 1)
        near = np.argpartition(distance, most - 1, 1)[:, :most]
        ones = sparse.csr_matrix((np.full(near.size, 1 / most, np.float32), near.ravel(), np.arange(0, near.size + 1, most)), (len(chunk), own.shape[0]))
        yield chunk, alpha * own[chunk].toarray() + (1 - alpha) * (ones @ own).toarray()


METHODS = {
    "decay": (decay, [[0.8, 0.85, 0.9, 0.93, 0.95, 0.96, 0.97, 0.98, 0.99, 1.0], [0, 0.1, 0.3, 0.5, 1.0, 1.5, 2, 3]], [0.96, 0.3]),
    "upcf": (upcf, [[1, 2, 3, 5, 10, 25, 50, 100, 1000], [0, 0.25, 0.5, 0.75, 1], [1, 2, 5, 10, 20, 50]], [25, 0.5, 5]),
    "tifuknn": (
        tifuknn,
        [[50, 100, 300, 600, 900, 1300], [0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 1], [0.4, 0.6, 0.7, 0.8, 0.9, 1], [0, 0.1, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1], [1, 2, 3, 5, 7, 10, 15]],
        [300, 0.9, 0.7, 0.7, 3],
    ),
}


def chunks(rows):
    return (rows[start : start + ROWS] for start in range(0, len(rows), ROWS))


def lists(scores):
    for chunk, values in scores:
        values = values.toarray() if sparse.issparse(values) else np.asarray(values)
        top = np.argpartition(-values, 19, 1)[:, :20]
        order = np.argsort(-np.take_along_axis(values, top, 1), 1, kind="stable")
        top = np.take_along_axis(top, order, 1)
        for row, items, own in zip(chunk, top, values):
            yield row, [int(item) for item in items if own[item] > 0]


def quality(ranked, wanted):
    hits = np.array([item in wanted for item in ranked] + [False] * (20 - len(ranked)), float)
    discount = 1 / np.log2(np.arange(2, 12))
    return [hits[:10].sum() / len(wanted), (hits[:10] * discount).sum() / discount[: min(len(wanted), 10)].sum(), hits[:10].any(), hits.sum() / len(wanted)]


def tuned(histories: Histories, method: str):
    """One setting after the other, twice, each member's last basket being wanted."""
    function, choices, settings = METHODS[method]
    eligible = [row for row, baskets in enumerate(histories.baskets) if len(baskets) >= 3]
    rows = np.array(eligible[:: max(1, len(eligible) // CASES)])
    known = Histories.__new__(Histories)
    known.members, known.items = histories.members, histories.items
    known.baskets = [baskets[:-1] for baskets in histories.baskets]
    wanted = {row: set(histories.baskets[row][-1]) for row in rows}
    seen = {}

    def measure(settings):
        key = tuple(settings)
        if key not in seen:
            seen[key] = np.mean([quality(items, wanted[row])[1] for row, items in lists(function(known, rows, *settings))])
        return seen[key]

    settings = list(settings)
    for _ in range(2):
        before = list(settings)
        for place, values in enumerate(choices):
            settings[place] = max(values, key=lambda value: (measure([*settings[:place], value, *settings[place + 1 :]]), value == settings[place]))
        if settings == before:
            break
    print(f"{method}: {settings}, nDCG@10 {measure(settings):.4f} on {len(rows)} members' last baskets, {len(seen)} settings tried")
    return settings


def compare(targets, files):
    wanted = json.loads(Path(targets).read_text())
    members = sorted(wanted)
    rows = []
    for file in files:
        predicted = json.loads(Path(file).read_text())
        rows.append(np.array([quality(predicted.get(member, [])[:20], set(wanted[member][1])) for member in members], float))
    draws = np.random.default_rng(7).integers(0, len(members), (2000, len(members)))
    for file, values in zip(files, rows):
        gain = rows[0] - values
        low, high = np.quantile([gain[draw, 1].mean() for draw in draws], [0.025, 0.975])
        lowest, highest = np.quantile([gain[draw, 0].mean() for draw in draws], [0.025, 0.975])
        means = " ".join(f"{mean:.4f}" for mean in values.mean(0))
        print(f"{Path(file).name:28} R@10 nDCG@10 PHR@10 R@20: {means}; {Path(files[0]).name} is better by {gain[:, 1].mean():+.4f} [{low:+.4f}, {high:+.4f}] nDCG@10, {gain[:, 0].mean():+.4f} [{lowest:+.4f}, {highest:+.4f}] R@10")


def main(arguments):
    if len(arguments) >= 3 and arguments[0] == "compare":
        return compare(arguments[1], arguments[2:])
    if len(arguments) != 3 or arguments[0] not in METHODS:
        sys.exit(__doc__)
    method, file, out = arguments
    histories = Histories(json.loads(Path(file).read_text()))
    settings = tuned(histories, method)
    ranked = lists(METHODS[method][0](histories, np.arange(len(histories.members)), *settings))
    Path(out).write_text(json.dumps({histories.members[row]: [histories.items[item] for item in items] for row, items in ranked}))


if __name__ == "__main__":
    main(sys.argv[1:])
