// On “My limits”: offers the time zone that the device is set to, where none was chosen before.
const choice = document.getElementById("time_zone");
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (choice?.dataset.guess && [...choice.options].some((option) => option.value === zone)) choice.value = zone;
