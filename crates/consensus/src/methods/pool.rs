//! The default: three models that fail on different crowds, averaged.

use super::{Method, ebcc::Ebcc, one_coin::Estimate, one_coin::OneCoin, skill_shrunk::SkillShrunk};
use crate::crowd::Crowd;
use crate::em::Fit;
use crate::math::argmax;

/// One-coin VB (steady where workers give few answers), skill-shrunk Dawid–Skene (knows who
/// mistakes what for what) and EBCC (knows that people err together), averaged.
///
/// One-coin VB is left out when it disagrees with EBCC on more than `gate` of the items: then
/// mistakes are systematic and a single skill per worker cannot see them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pool {
    /// One skill per worker.
    pub coin: OneCoin,
    /// A shrunk confusion matrix per worker.
    pub shrunk: SkillShrunk,
    /// Correlated mistakes.
    pub ebcc: Ebcc,
    /// Largest share of items on which the first may disagree with the last.
    pub gate: f64,
}

impl Default for Pool {
    fn default() -> Self {
        Self {
            coin: OneCoin::new(Estimate::Variational),
            shrunk: SkillShrunk::default(),
            ebcc: Ebcc::default(),
            gate: 0.2,
        }
    }
}

/// Members of the pool, in the order in which their weights are given.
pub const MEMBERS: [Method; 3] = [Method::OneCoinVb, Method::SkillShrunk, Method::Ebcc];

/// The members' beliefs.
#[derive(Debug, Clone)]
pub struct Members {
    /// In the order of [`MEMBERS`].
    pub fits: [Fit; 3],
    /// Whether one-coin VB agrees with EBCC enough to be heard when there is no gold.
    pub coin_heard: bool,
}

impl Pool {
    /// Fits the members to `crowd`, which has at least two classes; in parallel, which changes no bit.
    pub fn members(&self, crowd: &Crowd) -> Members {
        let ((coin, shrunk), ebcc) =
            rayon::join(|| rayon::join(|| self.coin.fit(crowd), || self.shrunk.fit(crowd)), || self.ebcc.fit(crowd));
        let classes = crowd.classes();
        let pairs = coin.posterior.chunks_exact(classes).zip(ebcc.posterior.chunks_exact(classes));
        let disagreed = pairs.filter(|(one, other)| argmax(one) != argmax(other)).count();
        let coin_heard = disagreed as f64 <= self.gate * crowd.items() as f64;
        Members { fits: [coin, shrunk, ebcc], coin_heard }
    }
}

impl Members {
    /// Weights without gold: equal among those who are heard.
    pub fn even_weights(&self) -> [f64; 3] {
        if self.coin_heard { [1.0 / 3.0; 3] } else { [0.0, 0.5, 0.5] }
    }

    /// The beliefs averaged with these weights.
    pub fn averaged(&self, weights: [f64; 3]) -> Fit {
        let mut posterior = vec![0.0; self.fits[0].posterior.len()];
        for (fit, weight) in self.fits.iter().zip(weights) {
            posterior.iter_mut().zip(&fit.posterior).for_each(|(sum, belief)| *sum += weight * belief);
        }
        Fit {
            posterior,
            iterations: self.fits.iter().map(|fit| fit.iterations).sum(),
            converged: self.fits.iter().all(|fit| fit.converged),
            evidence: 0.0,
        }
    }

    /// The beliefs averaged without gold.
    pub fn even(&self) -> Fit {
        self.averaged(self.even_weights())
    }
}
