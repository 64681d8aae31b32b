window.addEventListener("load", () => {
  const here = document.querySelector("script[data-contract]");
  window.ui = SwaggerUIBundle({
    url: here.dataset.contract,
    dom_id: "#docs",
    deepLinking: true,
    tryItOutEnabled: true,
    validatorUrl: null,
  });
});
