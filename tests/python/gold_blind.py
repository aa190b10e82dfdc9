"""Tells gold from work by logistic regression over what clients saw; prints how well it does.

Reads a JSON list of {"gold": bool, "seen": {feature: number or text}} from its input.
"""

import json
import sys

import numpy
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import QuantileTransformer, StandardScaler

SEED = 5


def classifier():
    # Ranks first: times have long tails, and one slow reply must not outweigh all others.
    ranks = QuantileTransformer(n_quantiles=100, random_state=SEED)
    return make_pipeline(ranks, StandardScaler(), LogisticRegression(C=0.01, max_iter=1000))


def auc(features, gold):
    """Cross-validated area under the ROC curve, the mean of five ways to fold: 0.5 is chance."""
    ways = [StratifiedKFold(10, shuffle=True, random_state=SEED + way) for way in range(5)]
    scores = [cross_val_predict(classifier(), features, gold, cv=way, method="decision_function") for way in ways]
    return float(numpy.mean([roc_auc_score(gold, one) for one in scores]))


rows = json.load(sys.stdin)
gold = numpy.array([row["gold"] for row in rows])
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
    "auc": auc(timeless, gold),
    "auc_with_times": auc(features, gold),
    "planted_auc": auc(leaking, gold),
    "telling": {vectorizer.feature_names_[at]: round(float(weights[at]), 3) for at in most},
}))
