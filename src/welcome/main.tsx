document.body.textContent = "Countersign";
