package ui

// NewModel makes the model as Run does.
var NewModel = newModel
