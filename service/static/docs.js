// Draw the interface description from what the service itself says about its interface.
"use strict";

const target = document.getElementById("swagger-ui");
window.SwaggerUIBundle({
  url: target.dataset.openapi,
  domNode: target,
  deepLinking: true,
  displayRequestDuration: true,
  validatorUrl: null, // no other host is ever asked
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
});
