"""Tells gold from work by logistic regression over what clients saw; prints how well it does.

Reads a JSON list of {"gold": bool, "pair": number, "seen": {feature: number or text}} from its input;
a pair is one gold task and one of work about the same take.
"""

import json
import sys

import numpy
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import QuantileTransformer, StandardScaler

SEED = 5


def classifier():
    # Ranks first: times have long tails, and one slow reply must not outweigh all others.
    ranks = QuantileTransformer(n_quantiles=100, random_state=SEED)
    return make_pipeline(ranks, StandardScaler(), LogisticRegression(C=0.01, max_iter=1000))


def auc(features):
    """Cross-validated area under the ROC curve, the mean of five ways to fold: 0.5 is chance.

    Pairs stay together. Were they torn, a take with more gold to learn from would have more work left
    to guess, and chance would lie below 0.5.
    """
    ways = [GroupKFold(10, shuffle=True, random_state=SEED + way) for way in range(5)]
    guessed = dict(groups=pairs, method="decision_function")
    scores = [cross_val_predict(classifier(), features, gold, cv=way, **guessed) for way in ways]
    return float(numpy.mean([roc_auc_score(gold, one) for one in scores]))


rows = json.load(sys.stdin)
gold = numpy.array([row["gold"] for row in rows])
pairs = numpy.array([row["pair"] for row in rows])
vectorizer = DictVectorizer(sparse=False)
features = vectorizer.fit_transform([row["seen"] for row in rows])
# Times are told, not judged: they hang on what else the machine does.
timeless = features[:, [not name.endswith(" us") for name in vectorizer.feature_names_]]
weights = classifier().fit(features, gold)[-1].coef_[0]
most = numpy.argsort(-abs(weights))[:5]

# The same with a small leak, to know that it would be found: replies to gold two bytes longer, mostly.
noise = numpy.random.default_rng(SEED).normal(size=len(gold))
leaking = numpy.column_stack([timeless, gold * 2 + noise])

print(json.dumps({
    "tasks": len(rows),
    "gold": int(gold.sum()),
    "features": features.shape[1],
    "auc": auc(timeless),
    "auc_with_times": auc(features),
    "planted_auc": auc(leaking),
    "telling": {vectorizer.feature_names_[at]: round(float(weights[at]), 3) for at in most},
}))
