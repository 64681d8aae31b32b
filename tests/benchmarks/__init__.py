"""What is measured, and the corpus that it is measured on."""
