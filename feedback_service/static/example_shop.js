/* The button on the demo shop's account page. */
document.getElementById("ask").addEventListener("click", function () {
  if (window.feedbackSurvey) window.feedbackSurvey.open();
});
