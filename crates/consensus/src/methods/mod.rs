//! The methods by name, and the one result that they all give.

pub mod dawid_skene;
pub mod ebcc;
pub mod glad;
pub mod mace;
pub mod one_coin;
pub mod pool;
pub mod skill_shrunk;
pub mod weighted;

use crate::crowd::Crowd;
use crate::em::Fit;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A way from answers to labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// The default: [`pool::Pool`], weighted and calibrated on gold when there is enough.
    #[default]
    Pool,
    /// [`weighted::majority`].
    Majority,
    /// [`weighted::wawa`].
    Wawa,
    /// [`weighted::zero_based_skill`].
    ZeroBasedSkill,
    /// [`one_coin::OneCoin`] by maximum likelihood.
    OneCoin,
    /// [`one_coin::OneCoin`] by variational Bayes.
    OneCoinVb,
    /// [`dawid_skene::DawidSkene`] with its default prior.
    DawidSkene,
    /// [`dawid_skene::DawidSkene::MAXIMUM_LIKELIHOOD`].
    DawidSkeneMl,
    /// [`skill_shrunk::SkillShrunk`].
    SkillShrunk,
    /// [`glad::Glad`].
    Glad,
    /// [`mace::Mace`].
    Mace,
    /// [`ebcc::Ebcc`].
    Ebcc,
}

impl Method {
    /// All methods, the default first.
    pub const ALL: [Self; 12] = [
        Self::Pool,
        Self::Majority,
        Self::Wawa,
        Self::ZeroBasedSkill,
        Self::OneCoin,
        Self::OneCoinVb,
        Self::DawidSkene,
        Self::DawidSkeneMl,
        Self::SkillShrunk,
        Self::Glad,
        Self::Mace,
        Self::Ebcc,
    ];

    /// Its name on the command line and in exports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pool => "pool",
            Self::Majority => "majority",
            Self::Wawa => "wawa",
            Self::ZeroBasedSkill => "zero_based_skill",
            Self::OneCoin => "one_coin",
            Self::OneCoinVb => "one_coin_vb",
            Self::DawidSkene => "dawid_skene",
            Self::DawidSkeneMl => "dawid_skene_ml",
            Self::SkillShrunk => "skill_shrunk",
            Self::Glad => "glad",
            Self::Mace => "mace",
            Self::Ebcc => "ebcc",
        }
    }

    /// What the method alone believes, before flooring, weighting and calibration.
    ///
    /// Any crowd will do: with fewer than two classes there is nothing to infer.
    pub fn fit(self, crowd: &Crowd) -> Fit {
        if crowd.classes() < 2 {
            return weighted::majority(crowd);
        }
        match self {
            Self::Pool => pool::Pool::default().members(crowd).even(),
            Self::Majority => weighted::majority(crowd),
            Self::Wawa => weighted::wawa(crowd),
            Self::ZeroBasedSkill => weighted::zero_based_skill(crowd),
            Self::OneCoin => one_coin::OneCoin::new(one_coin::Estimate::MaximumLikelihood).fit(crowd),
            Self::OneCoinVb => one_coin::OneCoin::new(one_coin::Estimate::Variational).fit(crowd),
            Self::DawidSkene => dawid_skene::DawidSkene::default().fit(crowd),
            Self::DawidSkeneMl => dawid_skene::DawidSkene::MAXIMUM_LIKELIHOOD.fit(crowd),
            Self::SkillShrunk => skill_shrunk::SkillShrunk::default().fit(crowd),
            Self::Glad => glad::Glad::default().fit(crowd),
            Self::Mace => mace::Mace::default().fit(crowd),
            Self::Ebcc => ebcc::Ebcc::default().fit(crowd),
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Method {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let plain = name.to_lowercase().replace('-', "_");
        Self::ALL.into_iter().find(|method| method.name() == plain).ok_or_else(|| {
            let names: Vec<&str> = Self::ALL.iter().map(|method| method.name()).collect();
            format!("There is no method “{name}”. Choose one of: {}.", names.join(", "))
        })
    }
}
