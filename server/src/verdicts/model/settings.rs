//! How a batch settles its items: as stored, and as people write it.

use crate::platform::problem::Problem;
use serde::{Deserialize, Serialize};

/// How a batch settles its items, besides its answers and threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Share of settled items, in millionths, that are still asked to the cap: an unbiased audit.
    pub audit_ppm: i64,
    /// Share of settled items, in millionths, that are asked once more later.
    pub recheck_ppm: i64,
    /// How much later, seconds.
    pub recheck_after_s: i64,
    /// Most that a batch pays for answers beyond the minimum, minor units; 0 is no limit.
    pub budget_cents: i64,
}

impl Default for Settings {
    /// 4 % audited; 1 % asked again after 30 days; no limit.
    fn default() -> Self {
        Self { audit_ppm: 40_000, recheck_ppm: 10_000, recheck_after_s: 30 * 86_400, budget_cents: 0 }
    }
}

/// Seconds of a day.
const DAY_S: f64 = 86_400.0;

/// The settings as people write them.
#[derive(Clone, Debug, Deserialize)]
pub struct SettingsForm {
    /// Share of settled items that are still asked to the most, per cent.
    pub audit_percent: String,
    /// Share of settled items that are asked once more, per cent.
    pub recheck_percent: String,
    /// How much later, days.
    pub recheck_after_days: String,
    /// Most that answers beyond the least may cost, minor units.
    pub budget_cents: String,
}

impl SettingsForm {
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    /// What is in force, to be changed.
    pub fn of(settings: Settings) -> Self {
        Self {
            audit_percent: (settings.audit_ppm as f64 / 10_000.0).to_string(),
            recheck_percent: (settings.recheck_ppm as f64 / 10_000.0).to_string(),
            recheck_after_days: (settings.recheck_after_s as f64 / DAY_S).to_string(),
            budget_cents: settings.budget_cents.to_string(),
        }
    }

    /// What was typed.
    ///
    /// # Errors
    /// 422 with the code of the field that is no number in its range.
    pub fn parse(&self) -> Result<Settings, Problem> {
        let number = |text: &str, factor: f64, most: f64, code: &'static str, hint: &str| {
            let typed: Option<f64> = text.trim().replace(',', ".").parse().ok();
            let typed =
                typed.filter(|typed| (0.0..=most).contains(typed)).ok_or_else(|| Problem::invalid(code, hint))?;
            #[expect(clippy::cast_possible_truncation, reason = "within its range")]
            Ok::<i64, Problem>((typed * factor).round() as i64)
        };
        let share = "Write a share of 0 to 100 per cent.";
        Ok(Settings {
            audit_ppm: number(&self.audit_percent, 10_000.0, 100.0, "invalid_audit", share)?,
            recheck_ppm: number(&self.recheck_percent, 10_000.0, 100.0, "invalid_recheck", share)?,
            recheck_after_s: number(
                &self.recheck_after_days,
                DAY_S,
                3_650.0,
                "invalid_recheck_after",
                "Write 0 to 3,650 days.",
            )?,
            budget_cents: number(
                &self.budget_cents,
                1.0,
                1e12,
                "invalid_budget",
                "Write a whole number of minor units, such as cents; 0 is no limit.",
            )?,
        })
    }
}
