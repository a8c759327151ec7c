// The only script of our own: it saves a click here and there. Every page works without it.
"use strict";

// A select that filters sends its form as soon as it changes; without scripts there is a button.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-sends-itself]");
  if (form) form.requestSubmit();
});

// A canned reply is put into the comment it belongs to; without scripts it can be copied from the page.
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-says]");
  if (!button) return;
  const comment = document.getElementById(button.dataset.into);
  if (!comment) return;
  comment.value = comment.value ? comment.value + "\n\n" + button.dataset.says : button.dataset.says;
  comment.focus();
});

// A logo that cannot be fetched gives way to the letter beneath it.
const gone = (image) => { image.hidden = true; };
document.addEventListener("error", (event) => { if (event.target.matches?.(".mark img")) gone(event.target); }, true);
for (const image of document.querySelectorAll(".mark img")) if (image.complete && !image.naturalWidth) gone(image);
